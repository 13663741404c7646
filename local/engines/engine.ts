import { EngineError, logTail } from './engine-error.ts';
import { startGuarded, type GuardedProcess, type ProcessSpec } from './guarded-process.ts';
import { waitFor } from './wait-for.ts';

export interface Engine {
  readonly name: string;
  readonly logFile: string;
  /** The running process; undefined while it is stopped. */
  readonly pid: () => number | undefined;
  /** Gentle, then firm. Idempotent. */
  readonly stop: () => Promise<void>;
  /** `kill -9`, for chaos: not reported as a crash. */
  readonly kill: () => Promise<void>;
  /** Starts it again with the same ports and data, and waits until it is ready. */
  readonly restart: () => Promise<void>;
}

export interface EngineSpec extends ProcessSpec {
  readonly name: string;
  /** Answers true when the engine serves. May throw while it does not. */
  readonly ready: () => Promise<boolean>;
  readonly readyWithinMs: number;
  /** What a person should do when it does not come up or dies. */
  readonly todo: string;
  /** Called when the engine dies without having been asked to. */
  readonly onCrash?: ((error: EngineError) => void) | undefined;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** What every engine can be told: where its files go, and whom to tell. */
export interface EngineOptions {
  /** The instance's folder: data and temporary files in one of its folders, the log in `logs/`. */
  readonly folder: string;
  /** A fixed port; without it a free one is chosen. */
  readonly port?: number | undefined;
  readonly onCrash?: ((error: EngineError) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts an engine and waits until it is ready.
 *
 * @throws EngineError CRASHED when it ends before it is ready, NOT_READY when the deadline passes
 */
export async function startEngine(spec: EngineSpec): Promise<Engine> {
  let current: GuardedProcess | undefined;

  const crashed = (how: string): EngineError =>
    new EngineError('CRASHED', spec.name, `${how}. Its last words:\n${logTail(spec.logFile)}`, spec.todo);

  async function start(): Promise<void> {
    const started = await startGuarded(spec).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new EngineError('CRASHED', spec.name, `could not be started (${reason})`, spec.todo, { cause });
    });
    current = started;
    const tooEarly = new AbortController();
    let serving = false;
    void started.exited.then(({ code, signal, asked }) => {
      if (current === started) current = undefined;
      if (asked) return;
      const error = crashed(`ended by itself (${signal ?? `exit code ${String(code)}`})`);
      tooEarly.abort(error);
      if (serving) spec.onCrash?.(error);
    });
    try {
      await waitFor(`${spec.name} ready`, async () => ((await spec.ready()) ? true : undefined), {
        deadlineMs: spec.readyWithinMs,
        signal: spec.signal === undefined ? tooEarly.signal : AbortSignal.any([tooEarly.signal, spec.signal]),
      });
      serving = true;
    } catch (error) {
      await started.kill();
      if (tooEarly.signal.reason instanceof EngineError) throw tooEarly.signal.reason;
      spec.signal?.throwIfAborted();
      throw new EngineError(
        'NOT_READY',
        spec.name,
        `not ready within ${String(spec.readyWithinMs / 1000)} s. Its last words:\n${logTail(spec.logFile)}`,
        spec.todo,
        { cause: error },
      );
    }
  }

  await start();
  return {
    name: spec.name,
    logFile: spec.logFile,
    pid: () => current?.pid,
    async stop() {
      await current?.stop();
    },
    async kill() {
      await current?.kill();
    },
    async restart() {
      await current?.stop();
      await start();
    },
  };
}
