import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { paths } from './paths.mjs';

const TAIL = 25;
const KEPT_OUTPUT = 200_000;

/** A tool failed: which, and the end of what it said. */
export class ToolFailed extends Error {
  constructor(command, output) {
    const tail = output.trimEnd().split('\n').slice(-TAIL);
    super(`${command} failed:\n${tail.map((line) => `  | ${line}`).join('\n')}`);
  }
}

const GUARD = join(paths.local, 'engines', 'guard.mjs');

/** Runs a tool under the guard, so that it ends with this process, and resolves with its output. */
export function runTool(command, args, options) {
  return new Promise((resolve, reject) => {
    const guard = spawn(process.execPath, [GUARD, command, ...args], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    let output = '';
    let ended;
    const collect = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    };
    guard.stdout.on('data', collect);
    guard.stderr.on('data', collect);
    guard.on('error', reject);
    guard.on('message', (message) => {
      ended = message;
    });
    guard.on('close', () => {
      if (ended?.exit?.code === 0) resolve(output);
      else if (ended?.error !== undefined) reject(new ToolFailed(command, ended.error));
      else reject(new ToolFailed([command, ...args].slice(0, 4).join(' '), output));
    });
  });
}
