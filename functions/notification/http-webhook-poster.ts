import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import {
  reachableLookup,
  refusalOf,
  UnreachableAddress,
  type Reach,
} from '../../shared/call/public-address.ts';
import { TransientError } from '../../shared/errors/mesh-error.ts';
import type { Posted } from './webhook-delivery.ts';
import type { WebhookPoster } from './webhook-poster.ts';

/** For the status line of an answer; four attempts of a silent subscriber fit into one invocation. */
const TIMEOUT_MS = 5_000;
/** Request Timeout, Too Early, Too Many Requests. */
const LATER = new Set([408, 425, 429]);
const GONE = 410;

/**
 * Posts messages over HTTP. Redirects are not followed: they could lead anywhere. Of an answer only its status
 * counts, and its body is not read.
 * @param reach which hosts may be called, also by the address that their name leads to
 */
export const httpWebhookPoster = (reach: Reach, timeoutMs = TIMEOUT_MS): WebhookPoster => ({
  post: async ({ url, headers, body }) => {
    const target = new URL(url);
    const refusal = refusalOf(target, reach);
    if (refusal !== undefined) return { outcome: 'refused', reason: `the URL ${refusal}` };
    try {
      return endOf(await statusOf(target, headers, body, reach, timeoutMs));
    } catch (error) {
      if (error instanceof UnreachableAddress) return { outcome: 'refused', reason: error.message };
      if (error instanceof TransientError) throw error;
      throw new TransientError('subscriber-unavailable', `${target.host} gave no answer`, { cause: error });
    }
  },
});

const statusOf = (
  target: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  reach: Reach,
  timeoutMs: number,
): Promise<number> =>
  new Promise((resolve, reject) => {
    const send = target.protocol === 'https:' ? requestHttps : requestHttp;
    const answered = (response: IncomingMessage): void => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    };
    // Of an answer that changes the protocol (101) Node.js hands over the connection, and no `response` ever comes.
    const upgraded = (response: IncomingMessage, socket: Duplex): void => {
      resolve(response.statusCode ?? 0);
      socket.destroy();
    };
    const closed = (): void => reject(new Error('the connection was closed without an answer'));
    send(
      target,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        lookup: reachableLookup(reach),
        // A connection of its own, so that every call's address is judged.
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      answered,
    )
      .on('upgrade', upgraded)
      .on('error', reject)
      // The last that a request says: where anything else was, this changes nothing.
      .on('close', closed)
      .end(body);
  });

const endOf = (status: number): Posted => {
  if (status >= 200 && status < 300) return { outcome: 'delivered', status };
  if (status >= 500 || LATER.has(status))
    throw new TransientError('subscriber-unavailable', `the subscriber answered ${status}`);
  return {
    outcome: status === GONE ? 'gone' : 'refused',
    status,
    reason: `the subscriber answered ${status}`,
  };
};
