import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { paths } from './paths.mjs';

/**
 * Runs a TypeScript file under the project's Node, with the project's tools first on PATH, and ends as it
 * ends. Signals are passed on; the IPC channel tells the child when this process is gone, however it went.
 */
export async function runVerb([file, ...args]) {
  const child = spawn(
    join(paths.bin, 'node'),
    // kafkajs 2.2 on Node 24 warns of a negative timeout, harmlessly, in the middle of the progress lines.
    ['--disable-warning=TimeoutNegativeWarning', file, ...args],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, PATH: [paths.bin, paths.venvBin, process.env.PATH].join(delimiter) },
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  watchForLostParent(() => child.kill('SIGTERM'));

  child.on('error', (error) => {
    console.error(`The project's Node could not be started (${error.message}). Run: npm ci`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** npm waits for what it runs: when it is gone without a signal to us, it was killed, and we end too. */
function watchForLostParent(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && stop(), 1_000).unref();
}
