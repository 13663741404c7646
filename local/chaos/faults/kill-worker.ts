import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { waitFor } from '../../engines/wait-for.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { workersIn } from '../../mesh/worker-pids.ts';
import { picked } from '../draw.ts';
import type { WorkerRole } from './fault.ts';

/** The emulator starts a process when a function is called, which can wait for a broker that was killed. */
const WORKER_WITHIN_MS = 180_000;

const MAX_LISTING_BYTES = 16 * 1024 * 1024;

/** What a function does in the mesh, from its name in functions.yml; undefined for queries and operators' tools. */
export const roleOf = (functionName: string): WorkerRole | undefined => {
  if (functionName.startsWith('mesh-relay')) return 'relay';
  if (/^mesh-|-(query|queries|watch|desk)(-|$)/.test(functionName)) return undefined;
  if (functionName.includes('-project-')) return 'projection';
  if (functionName.endsWith('-saga-tasks')) return 'saga-task';
  if (/-(commands|callback)$/.test(functionName)) return 'command';
  return 'policy';
};

/** The deployed functions, by their names in functions.yml. */
export const deployedFunctions = async ({ aws, region, stage }: Endpoints): Promise<readonly string[]> => {
  const client = new LambdaClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const prefix = `event-mesh-${stage}-`;
  const names: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    names.push(...Functions.map(({ FunctionName = '' }) => FunctionName));
  return names.flatMap((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : [])).toSorted();
};

/** All processes of the machine, in one look: a busy machine is slow to tell. */
const processes = async (): Promise<string> =>
  (await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { maxBuffer: MAX_LISTING_BYTES }))
    .stdout;

const killed = (pid: number): boolean => {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    // It ended by itself in between.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
};

/**
 * `kill -9` of a process that runs one of some functions, as soon as there is one.
 * @returns the function whose process it was
 */
export const killWorker = (
  { stage, pids }: Endpoints,
  functions: readonly string[],
  by: number,
  signal?: AbortSignal,
): Promise<string> =>
  waitFor(
    `a worker of ${functions.join(', ')}`,
    async () => {
      const listing = await processes();
      const workers = functions.flatMap((name) =>
        workersIn(listing, `event-mesh-${stage}-${name}`, pids.ministack).map((pid) => ({ name, pid })),
      );
      const victim = picked(workers, by);
      return victim && killed(victim.pid) ? victim.name : undefined;
    },
    { deadlineMs: WORKER_WITHIN_MS, everyMs: 50, ...(signal && { signal }) },
  );
