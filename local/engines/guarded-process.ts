import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface ProcessSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** stdout and stderr are appended here. */
  readonly logFile: string;
  /** How long a gentle stop may take before the group is killed. */
  readonly graceMs?: number;
  /** A folder made afresh for the process and removed after it, also when this process is killed. */
  readonly scratch?: string;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** True when stop() or kill() caused it. */
  readonly asked: boolean;
}

export interface GuardedProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** SIGTERM to the group, SIGKILL after the grace period; resolves when all of it is gone. */
  readonly stop: () => Promise<ProcessExit>;
  /** SIGKILL to the group at once. */
  readonly kill: () => Promise<ProcessExit>;
}

interface GuardMessage {
  readonly pid?: number;
  readonly error?: string;
  readonly exit?: { readonly code: number | null; readonly signal: NodeJS.Signals | null };
}

const GUARD = join(import.meta.dirname, 'guard.mjs');
const DEFAULT_GRACE_MS = 10_000;

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: already gone.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Starts a command under guard.mjs, so that its process group ends with this process, however that ends.
 *
 * @throws Error when the command cannot be started (not found, not executable)
 */
export async function startGuarded(spec: ProcessSpec): Promise<GuardedProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  if (spec.scratch !== undefined) {
    rmSync(spec.scratch, { recursive: true, force: true });
    // May hold what a function keeps in its temporary folder: not for other users of the machine.
    mkdirSync(spec.scratch, { mode: 0o700 });
  }
  const log = openSync(spec.logFile, 'a');
  const guard = spawn(process.execPath, [GUARD, spec.command, ...spec.args], {
    cwd: spec.cwd,
    env: { ...spec.env, MESH_GUARD_SCRATCH: spec.scratch },
    stdio: ['ignore', log, log, 'ipc'],
    detached: true,
  });
  closeSync(log);

  let asked = false;
  let pid: number | undefined;
  const exited = Promise.withResolvers<ProcessExit>();
  const started = Promise.withResolvers<number>();

  guard.on('message', (message: GuardMessage) => {
    if (message.pid !== undefined) {
      pid = message.pid;
      started.resolve(message.pid);
    }
    if (message.error !== undefined) started.reject(new Error(`${spec.command}: ${message.error}`));
    if (message.exit !== undefined) exited.resolve({ ...message.exit, asked });
  });
  guard.on('error', (error) => {
    started.reject(error);
  });
  guard.on('exit', (code, signal) => {
    // A guard that was itself killed leaves its group to us.
    if (pid !== undefined) killGroup(pid);
    started.reject(new Error(`${spec.command}: its guard ended before it started`));
    exited.resolve({ code, signal, asked });
  });

  const startedPid = await started.promise;
  return {
    pid: startedPid,
    exited: exited.promise,
    stop() {
      asked = true;
      if (guard.connected) guard.send({ stop: true, graceMs: spec.graceMs ?? DEFAULT_GRACE_MS });
      return exited.promise;
    },
    kill() {
      asked = true;
      killGroup(startedPid);
      return exited.promise;
    },
  };
}
