import { setTimeout as pause } from 'node:timers/promises';

export interface CarrierCallback {
  readonly reference: string;
  readonly status: 'accepted' | 'refused';
  readonly trackingId?: string;
  readonly reason?: string;
}

export interface CallbackTarget {
  readonly url: string;
  /** A bearer token that is still valid. */
  readonly token: () => Promise<string>;
}

/** Pauses before the second, third … try: about half a minute in all, as a patient carrier would. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000];
const ANSWER_WITHIN_MS = 10_000;

/**
 * Delivers a decision until it is taken with a 2xx; the same Idempotency-Key goes with every try.
 *
 * @throws Error when the last try failed too
 */
export async function deliverCallback(
  target: CallbackTarget,
  key: string,
  callback: CarrierCallback,
  signal: AbortSignal,
): Promise<void> {
  let failure = '';
  for (const pauseMs of [0, ...PAUSES_MS]) {
    if (pauseMs > 0) await pause(pauseMs, undefined, { signal });
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${await target.token()}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(callback),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      if (response.ok) return;
      failure = `${String(response.status)} ${await response.text()}`;
    } catch (error) {
      signal.throwIfAborted();
      failure = error instanceof Error ? error.message : String(error);
    }
  }
  throw new Error(`callback for ${callback.reference} was never taken: ${failure}`);
}
