import { setTimeout as pause } from 'node:timers/promises';

/** A condition did not come true in time. */
export class DeadlinePassed extends Error {
  readonly code = 'DEADLINE_PASSED';
}

export interface WaitOptions {
  readonly deadlineMs: number;
  /** Pause between two looks at the condition; the first one where `upToMs` is given. */
  readonly everyMs?: number;
  /** Each pause is half as long again as the one before, up to this: many waiting do not become a load. */
  readonly upToMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks `probe` until it answers something other than undefined. A probe that throws counts as "not yet";
 * its last error becomes the cause.
 *
 * @throws DeadlinePassed after `deadlineMs`
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  { deadlineMs, everyMs = 50, upToMs = everyMs, signal }: WaitOptions,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  let lastError: unknown;
  let pauseMs = everyMs;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const answer = await probe();
      if (answer !== undefined) return answer;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() + pauseMs > deadline) {
      throw new DeadlinePassed(`${what}: not within ${String(deadlineMs)} ms`, { cause: lastError });
    }
    await pause(pauseMs, undefined, signal === undefined ? {} : { signal });
    pauseMs = Math.min(upToMs, pauseMs * 1.5);
  }
}
