import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { waitFor } from './engines/wait-for.ts';

/** Somebody else holds a lock: `pid` is who. */
export class Locked extends Error {
  readonly code = 'LOCKED';
  readonly pid: number;

  constructor(file: string, pid: number) {
    super(`${file} is held by process ${String(pid)}`);
    this.pid = pid;
  }
}

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

/** When a process was started, as `ps` says it; empty when there is no such process. */
function startOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LC_ALL: 'C' },
    }).trim();
  } catch {
    // ps exits 1 when the process does not exist.
    return '';
  }
}

/** True when a process with this id exists. */
export const isRunning = (pid: number): boolean => Number.isInteger(pid) && pid > 0 && startOf(pid) !== '';

function holderOf(file: string): Holder | undefined {
  try {
    const [pid, startedAt] = readFileSync(file, 'utf8').split('\n');
    return { pid: Number(pid), startedAt: startedAt ?? '' };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function tryLock(file: string): number | undefined {
  mkdirSync(dirname(file), { recursive: true });
  // Written aside and linked into place: nobody ever sees a lock without its holder.
  const mine = `${file}.${String(process.pid)}`;
  writeFileSync(mine, `${String(process.pid)}\n${startOf(process.pid)}\n`);
  try {
    return link(mine, file);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Links `mine` to `file`, over a lock whose holder is gone; the holder's pid when it lives. */
function link(mine: string, file: string): number | undefined {
  for (;;) {
    try {
      linkSync(mine, file);
      return undefined;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = holderOf(file);
    // The start time tells a holder that lives from a new process that was given its number.
    if (holder !== undefined && startOf(holder.pid) === holder.startedAt) return holder.pid;
    rmSync(file, { force: true });
  }
}

/**
 * Takes a lock file; a lock left by a process that is gone is taken over. Returns the release.
 *
 * @throws Locked when somebody holds it and `waitMs` (default: no waiting) has passed
 */
export async function takeLock(file: string, waitMs = 0): Promise<() => void> {
  const release = (): void => {
    rmSync(file, { force: true });
  };
  let holder = tryLock(file);
  if (holder !== undefined && waitMs > 0) {
    await waitFor(`lock ${file}`, () => ((holder = tryLock(file)) === undefined ? true : undefined), {
      deadlineMs: waitMs,
      everyMs: 200,
    }).catch(() => undefined);
  }
  if (holder !== undefined) throw new Locked(file, holder);
  return release;
}
