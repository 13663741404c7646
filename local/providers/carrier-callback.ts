import { sendUntilTaken } from './send-until-taken.ts';

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

/**
 * Delivers a decision until it is taken; the same Idempotency-Key goes with every try.
 *
 * @throws Error when the last try failed too
 */
export const deliverCallback = (
  { url, token }: CallbackTarget,
  key: string,
  callback: CarrierCallback,
  signal: AbortSignal,
): Promise<void> =>
  sendUntilTaken(
    {
      what: `callback for ${callback.reference}`,
      url,
      body: JSON.stringify(callback),
      headers: async () => ({ authorization: `Bearer ${await token()}`, 'idempotency-key': key }),
    },
    signal,
  );
