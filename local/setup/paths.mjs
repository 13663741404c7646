import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Where things lie; project-paths.ts says the same to the TypeScript side. */
export const paths = {
  root,
  local: join(root, 'local'),
  mesh: join(root, '.mesh'),
  bin: join(root, 'node_modules', '.bin'),
  venv: join(root, '.mesh', 'venv'),
  venvBin: join(root, '.mesh', 'venv', 'bin'),
  jars: join(root, '.mesh', 'jars'),
};
