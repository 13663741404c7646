import { setTimeout as pause } from 'node:timers/promises';

/** What a provider tells the mesh. */
export interface Message {
  /** For the error, such as `callback for order-1`. */
  readonly what: string;
  readonly url: string;
  /** JSON. */
  readonly body: string;
  /** Asked anew for each try: tokens and signatures get old. */
  readonly headers: () => Promise<object>;
}

/** Pauses before the second, third … try: about half a minute in all, as a patient provider would. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000];
const ANSWER_WITHIN_MS = 10_000;

/**
 * Sends a message until it is taken with a 2xx.
 *
 * @throws Error when the last try failed too
 */
export async function sendUntilTaken(
  { what, url, body, headers }: Message,
  signal: AbortSignal,
): Promise<void> {
  let failure = '';
  for (const pauseMs of [0, ...PAUSES_MS]) {
    if (pauseMs > 0) await pause(pauseMs, undefined, { signal });
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await headers()) },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      if (response.ok) return;
      failure = `${String(response.status)} ${await response.text()}`;
    } catch (error) {
      signal.throwIfAborted();
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`${what} was never taken: ${failure}`);
}
