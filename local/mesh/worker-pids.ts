import { execFileSync } from 'node:child_process';

/**
 * The processes among `listing` (`ps -o pid=,args=`) that run a function for the emulator. It unpacks each
 * worker's code into a folder `ministack-lambda-<function>-<8 random characters>`.
 */
export function workersIn(listing: string, functionName: string): number[] {
  const folder = `/ministack-lambda-${functionName}-`;
  return listing.split('\n').flatMap((line) => {
    const [, pid, args = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    const rest = args.split(folder)[1];
    return rest !== undefined && /^[a-z0-9_]{8}\//.test(rest) && args.includes('_worker.')
      ? [Number(pid)]
      : [];
  });
}

/** The emulator's Node processes for a function, by its deployed name. */
export const workerPids = (functionName: string): number[] =>
  workersIn(execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' }), functionName);
