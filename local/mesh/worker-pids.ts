import { execFileSync } from 'node:child_process';

/**
 * The processes among `listing` (`ps -o pid=,ppid=,args=`) that run a function for an emulator. It unpacks each
 * worker's code into a folder `ministack-lambda-<function>-<8 random characters>`.
 * @param emulator one emulator's own process: other instances on the machine run functions of the same name
 */
export function workersIn(listing: string, functionName: string, emulator?: number): number[] {
  const folder = `/ministack-lambda-${functionName}-`;
  return listing.split('\n').flatMap((line) => {
    const [, pid, parent, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    const rest = args.split(folder)[1];
    const isWorker = rest !== undefined && /^[a-z0-9_]{8}\//.test(rest) && args.includes('_worker.');
    return isWorker && (emulator === undefined || Number(parent) === emulator) ? [Number(pid)] : [];
  });
}

/** The emulators' Node processes for a function, by its deployed name; of one emulator only where it is named. */
export const workerPids = (functionName: string, emulator?: number): number[] =>
  workersIn(
    execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }),
    functionName,
    emulator,
  );
