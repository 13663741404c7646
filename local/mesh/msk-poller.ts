import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EngineError } from '../engines/engine-error.ts';
import { startEngine, type Engine } from '../engines/engine.ts';
import { environmentFor } from '../engines/ministack.ts';
import { projectPaths } from '../project-paths.ts';

export interface MskPollerOptions {
  readonly folder: string;
  readonly template: string;
  readonly brokers: readonly string[];
  readonly aws: string;
  /** Told when the poller died and is being started again. */
  readonly onRestart: (reason: string) => void;
  /** Told when it is ready again after that. */
  readonly onReadyAgain: () => void;
  /** Told when it keeps dying and is given up. */
  readonly onCrash: (error: EngineError) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One machine does the work of all functions: the fewer invocations a mapping has under way, the more records wait for the
 * next and share its cost. Two, so that one that waits for a retry does not keep the other partitions waiting.
 */
const INVOCATIONS_PER_POLLER = '2';
const RESTARTS = 5;
const RESTARTS_WITHIN_MS = 60_000;
const RESTART_PAUSE_MS = 500;

function isReady(statusFile: string): boolean {
  // A missing or half-written file throws: not ready yet.
  const status: unknown = JSON.parse(readFileSync(statusFile, 'utf8'));
  return typeof status === 'object' && status !== null && 'ready' in status && status.ready === true;
}

/** Starts the MSK poller and starts it again whenever it dies by itself, as AWS would. */
export async function startMskPoller(options: MskPollerOptions): Promise<Engine> {
  const statusFile = join(options.folder, 'msk-poller.json');
  const deaths: number[] = [];
  let stopped = false;

  async function startAgain(error: EngineError): Promise<void> {
    if (stopped) return;
    const now = performance.now();
    deaths.push(now);
    if (deaths.filter((at) => now - at < RESTARTS_WITHIN_MS).length > RESTARTS) {
      options.onCrash(error);
      return;
    }
    options.onRestart(error.message.split('\n')[0] ?? error.message);
    await pause(RESTART_PAUSE_MS);
    try {
      await restart();
      options.onReadyAgain();
    } catch (failure) {
      await startAgain(failure instanceof EngineError ? failure : error);
    }
  }

  const clearStatus = (): void => {
    rmSync(statusFile, { force: true });
  };

  clearStatus();
  const engine = await startEngine({
    name: 'MSK poller',
    command: process.execPath,
    args: [
      '--disable-warning=TimeoutNegativeWarning',
      join(projectPaths.root, 'local', 'msk-poller', 'main.ts'),
      ...['--template', options.template],
      ...['--brokers', options.brokers.join(',')],
      ...['--endpoint', options.aws],
      ...['--status-file', statusFile],
      ...['--invocations-per-poller', INVOCATIONS_PER_POLLER],
    ],
    cwd: projectPaths.root,
    env: environmentFor(options.aws),
    logFile: join(options.folder, 'logs', 'msk-poller.log'),
    graceMs: 15_000,
    ready: () => Promise.resolve(isReady(statusFile)),
    readyWithinMs: 60_000,
    todo: 'see the log above',
    onCrash: (error) => void startAgain(error),
    signal: options.signal,
  });

  async function restart(): Promise<void> {
    clearStatus();
    if (!stopped) await engine.restart();
  }

  return {
    ...engine,
    restart,
    async stop() {
      stopped = true;
      await engine.stop();
    },
  };
}
