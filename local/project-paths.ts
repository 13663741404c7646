import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Where things lie in the working copy. Everything that is fetched or generated is under `.mesh`. */
export const projectPaths = {
  root,
  /** State of the laptop: fetched tools, instances, endpoints. Git-ignored. */
  mesh: join(root, '.mesh'),
  bin: join(root, 'node_modules', '.bin'),
  venvBin: join(root, '.mesh', 'venv', 'bin'),
  jars: join(root, '.mesh', 'jars'),
} as const;
