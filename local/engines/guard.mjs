/**
 * Runs one command in a process group of its own and makes sure that the group ends: when asked to
 * (message `{ stop, graceMs }`), when the command ends (stragglers it left in its group are killed), and
 * when the process that started the guard is gone, however it went. `kill -9` cannot be caught, but it
 * closes the IPC channel, and that is what the guard waits for.
 *
 * The folder named in MESH_GUARD_SCRATCH is removed at the end, whoever brought it about.
 *
 * Plain JavaScript and no imports of ours, so that it starts in a moment under any Node.
 * argv: command, …arguments. stdout and stderr are passed on to the command.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

const ORPHANED_GRACE_MS = 3_000;
const [command, ...args] = process.argv.slice(2);
const { MESH_GUARD_SCRATCH: scratch, ...env } = process.env;

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: true, env });
let stopping = false;

function signalGroup(signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nobody is left in the group, which is what we want.
    if (error.code !== 'ESRCH') throw error;
  }
}

function stop(graceMs) {
  if (stopping || child.pid === undefined) return;
  stopping = true;
  signalGroup('SIGTERM');
  setTimeout(() => signalGroup('SIGKILL'), graceMs);
}

function finish(message) {
  if (!process.connected) process.exit(0);
  process.send(message, () => process.exit(0));
}

child.on('spawn', () => process.connected && process.send({ pid: child.pid }));
child.on('error', (error) => finish({ error: error.message }));
child.on('exit', (code, signal) => {
  signalGroup('SIGKILL');
  if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  finish({ exit: { code, signal } });
});

process.on('message', (message) => stop(message.graceMs));
process.on('disconnect', () => stop(ORPHANED_GRACE_MS));
// The terminal's Ctrl-C reaches whole process groups; what to do about it is the parent's decision.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
process.on('SIGTERM', () => stop(ORPHANED_GRACE_MS));
