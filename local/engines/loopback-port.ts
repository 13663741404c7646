import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { EngineError } from './engine-error.ts';

export const LOOPBACK = '127.0.0.1';

// Below every system's range for outgoing connections: a port that an engine gives up for a moment
// (Kafka killed and restarted) cannot be taken by somebody's client socket meanwhile.
const LOWEST = 15_000;
const HIGHEST = 30_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, LOOPBACK, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });

const handedOut = new Set<number>();

/** A free loopback port, never the same one twice in this process. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port between ${String(LOWEST)} and ${String(HIGHEST)} on ${LOOPBACK}`);
}

function holderOf(port: number): string {
  try {
    const pids = execFileSync('lsof', ['-t', `-iTCP:${String(port)}`, '-sTCP:LISTEN'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const pid = pids.trim().split('\n')[0] ?? '';
    const command = execFileSync('ps', ['-o', 'args=', '-p', pid], { encoding: 'utf8' }).trim();
    return ` by process ${pid} (${command.slice(0, 80)})`;
  } catch {
    // Not every machine has lsof, and another user's process is not shown: the port alone must do.
    return '';
  }
}

/**
 * The port asked for, or a free one.
 *
 * @throws EngineError PORT_TAKEN when the port asked for is in use
 */
export async function claimPort(engine: string, requested: number | undefined): Promise<number> {
  if (requested === undefined) return freePort();
  if (await isFree(requested)) return requested;
  throw new EngineError(
    'PORT_TAKEN',
    engine,
    `port ${String(requested)} on ${LOOPBACK} is taken${holderOf(requested)}`,
    'stop what uses it, name another port, or name none: a free one is then chosen',
  );
}
