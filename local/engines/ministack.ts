import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { projectPaths } from '../project-paths.ts';
import { startEngine, type Engine, type EngineOptions } from './engine.ts';
import { EngineError } from './engine-error.ts';
import { claimPort, LOOPBACK } from './loopback-port.ts';

export interface MinistackOptions extends EngineOptions {
  /** Node processes that one function may have; further calls wait for one of them. */
  readonly workersPerFunction?: number;
}

export interface Ministack extends Engine {
  /** The endpoint of every AWS service. */
  readonly endpoint: string;
}

export const AWS_REGION = 'us-east-1';

/** What an AWS client or tool needs to talk to an emulator. The credentials are placeholders. */
const emulatorEnvironment = (endpoint: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION,
  AWS_DEFAULT_REGION: AWS_REGION,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

/** This process's environment without a developer's own AWS account in it. */
function withoutAwsSettings(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|SLS_|SERVERLESS_)/.test(name)),
  );
}

/** The environment for a tool or a client process that talks to the emulator. */
export const environmentFor = (endpoint: string): NodeJS.ProcessEnv => ({
  ...withoutAwsSettings(),
  ...emulatorEnvironment(endpoint),
  PATH: [projectPaths.bin, projectPaths.venvBin, process.env['PATH'] ?? ''].join(delimiter),
});

/**
 * Where the workers unpack their code. Not inside the project: Node would find the project's package.json and
 * node_modules from there, and what is missing from the bundle would be missed only on AWS.
 */
function workerFolder(instanceFolder: string): string {
  const name = createHash('sha256').update(instanceFolder).digest('hex').slice(0, 12);
  return join(tmpdir(), `event-mesh-${name}`);
}

/**
 * Starts ministack, the AWS emulator, on loopback through ministack.py, which corrects where it would
 * behave unlike AWS (see there). Its Lambda workers are Node processes of its own process group.
 *
 * @throws EngineError
 */
export async function startMinistack(options: MinistackOptions): Promise<Ministack> {
  const python = join(projectPaths.venvBin, 'python');
  if (!existsSync(python)) {
    throw new EngineError(
      'NOT_SET_UP',
      'ministack',
      'its Python venv is missing',
      'run: node local/run.mjs setup',
    );
  }
  const port = await claimPort('ministack', options.port);
  const endpoint = `http://${LOOPBACK}:${String(port)}`;
  const temporary = workerFolder(options.folder);

  const { AWS_ENDPOINT_URL: _, ...environment } = environmentFor(endpoint);
  const engine = await startEngine({
    name: 'ministack',
    command: python,
    args: [join(import.meta.dirname, 'ministack.py')],
    cwd: projectPaths.root,
    scratch: temporary,
    env: {
      ...environment,
      BIND_HOST: LOOPBACK,
      GATEWAY_PORT: String(port),
      LAMBDA_EXECUTOR: 'local',
      LAMBDA_ACCOUNT_CONCURRENCY: '0',
      LAMBDA_WARM_TTL_SECONDS: '60',
      MESH_WORKERS_PER_FUNCTION: String(options.workersPerFunction ?? availableParallelism()),
      // Listeners on fixed ports that nothing here needs; two instances would fight over them.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      TMPDIR: temporary,
      // url.parse() in the emulator's worker script and kafkajs 2.2 on Node 24: a warning at every cold start.
      NODE_OPTIONS: '--disable-warning=DEP0169 --disable-warning=TimeoutNegativeWarning',
      PYTHONUNBUFFERED: '1',
      LOG_LEVEL: 'INFO',
    },
    logFile: join(options.folder, 'logs', 'ministack.log'),
    ready: async () => (await fetch(`${endpoint}/_ministack/ready`)).ok,
    readyWithinMs: 30_000,
    todo: 'see the log above; after an upgrade of Python run: node local/run.mjs setup',
    onCrash: options.onCrash,
    signal: options.signal,
  });
  return { ...engine, endpoint };
}
