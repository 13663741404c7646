import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface PollerStatus {
  readonly ready: boolean;
  readonly mappings: readonly {
    readonly id: string;
    readonly state: string;
    readonly partitions?: readonly number[];
    readonly lastError?: string;
  }[];
}

export interface PollerProcess extends AsyncDisposable {
  /** Everything it has written so far. */
  readonly output: () => string;
  readonly status: () => PollerStatus | undefined;
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void;
  /** Resolves with the exit code, null after a kill. */
  readonly exited: Promise<number | null>;
}

/** Starts main.ts as a supervisor would. Disposing kills it. */
export function startPoller(options: {
  readonly template: unknown;
  readonly brokers: readonly string[];
  readonly endpoint: string;
  /** Where SQS, SNS and S3 are. */
  readonly destinations?: string;
}): PollerProcess {
  const folder = mkdtempSync(join(tmpdir(), 'msk-poller-'));
  const statusFile = join(folder, 'status.json');
  const template = join(folder, 'template.json');
  writeFileSync(template, JSON.stringify(options.template));
  const flags = {
    template,
    brokers: options.brokers.join(','),
    endpoint: options.endpoint,
    'status-file': statusFile,
    ...(options.destinations === undefined ? {} : { 'destination-endpoint': options.destinations }),
  };
  return watch(
    Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    folder,
    statusFile,
  );
}

/** Starts main.ts with any command line. */
export function runPoller(args: readonly string[]): PollerProcess {
  const folder = mkdtempSync(join(tmpdir(), 'msk-poller-'));
  return watch(args, folder, join(folder, 'status.json'));
}

/** Resolves when all its consumers have joined. */
export async function ready(poller: PollerProcess): Promise<void> {
  await eventually(
    () => poller.status()?.ready === true,
    () => `the poller is not ready:\n${poller.output()}`,
    40_000,
  );
}

function watch(args: readonly string[], folder: string, statusFile: string): PollerProcess {
  const child: ChildProcess = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  const exited = once(child, 'close').then(() => child.exitCode);
  return {
    output: () => output.join(''),
    status: () => readStatus(statusFile),
    signal: (name) => child.kill(name),
    exited,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readStatus(path: string): PollerStatus | undefined {
  try {
    // Written by status-file.ts, whose shape this mirrors.
    return JSON.parse(readFileSync(path, 'utf8')) as PollerStatus;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined; // not written yet
    throw error;
  }
}
