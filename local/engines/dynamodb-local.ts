import { join } from 'node:path';
import { projectPaths } from '../project-paths.ts';
import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import { jarFolder, javaEnvironment, javaLibraries } from './java.ts';
import { claimPort, LOOPBACK } from './loopback-port.ts';

export interface DynamodbLocalOptions extends EngineOptions {
  /** Java heap, MiB. */
  readonly heapMb?: number;
}

export interface DynamodbLocal extends Engine {
  readonly endpoint: string;
}

/**
 * Starts DynamoDB Local in memory on loopback, without its telemetry. Each pair of access key and region
 * has tables of its own; an access key consists of letters and digits.
 *
 * @throws EngineError
 */
export async function startDynamodbLocal(options: DynamodbLocalOptions): Promise<DynamodbLocal> {
  const classpath = javaLibraries('dynamodb', 'DynamoDB Local');
  const port = await claimPort('DynamoDB Local', options.port);
  const endpoint = `http://${LOOPBACK}:${String(port)}`;
  const { command, env } = javaEnvironment();
  const engine = await startEngine({
    name: 'DynamoDB Local',
    command,
    args: [
      `-Xmx${String(options.heapMb ?? 512)}m`,
      `-Dmesh.port=${String(port)}`,
      `-Djava.library.path=${jarFolder('dynamodb')}`,
      '-cp',
      classpath,
      'org.eclipse.jetty.xml.XmlConfiguration',
      join(import.meta.dirname, 'dynamodb', 'loopback.xml'),
    ],
    cwd: projectPaths.root,
    env: { ...env, DDB_LOCAL_TELEMETRY: '0' },
    logFile: join(options.folder, 'logs', 'dynamodb-local.log'),
    // An unsigned request is refused with 400: it serves.
    ready: async () => (await fetch(endpoint)).status === 400,
    readyWithinMs: 60_000,
    todo: 'see the log above, and that `java -version` says 17 or later',
    onCrash: options.onCrash,
    signal: options.signal,
  });
  return { ...engine, endpoint };
}
