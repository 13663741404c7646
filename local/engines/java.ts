import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectPaths } from '../project-paths.ts';
import { EngineError } from './engine-error.ts';

/** Which `java` to run, and its environment: JAVA_HOME when set, PATH otherwise. */
export function javaEnvironment(): { readonly command: string; readonly env: NodeJS.ProcessEnv } {
  const home = process.env['JAVA_HOME'];
  const command = home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
  // A person's own JVM options (agents, proxies) have no business in an engine.
  const env = { ...process.env, JAVA_TOOL_OPTIONS: undefined, _JAVA_OPTIONS: undefined };
  return { command, env };
}

/** Folder of the jars that the set-up fetched for an engine. */
export const jarFolder = (folderName: string): string => join(projectPaths.jars, folderName);

/**
 * The class path of an engine.
 *
 * @throws EngineError NOT_SET_UP when its jars have not been fetched
 */
export function javaLibraries(folderName: string, engine: string): string {
  const folder = jarFolder(folderName);
  if (!existsSync(folder)) {
    throw new EngineError('NOT_SET_UP', engine, 'its jars are missing', 'run: node local/run.mjs setup');
  }
  return join(folder, '*');
}
