import { z } from 'zod';
import { parse } from '../../shared/define/parse.ts';
import { PermanentError, TransientError } from '../../shared/errors/mesh-error.ts';
import type { Carrier } from './carrier.ts';

/** Less than the saga waits for a compensation, so that the function hears of it first. */
const TIMEOUT_MS = 2_500;
/** Request Timeout, Conflict (the key's first request is still running), Too Early, Too Many Requests. */
const PASSING = new Set([408, 409, 425, 429]);

const bookedSchema = z.object({ bookingId: z.string().min(1).max(200) });

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * The carrier over HTTP (README, "The carrier").
 * @param baseUrl where it stands, with or without a closing slash
 * @param timeoutMs for a whole answer, its body included
 */
export const httpCarrier = (baseUrl: string, timeoutMs = TIMEOUT_MS): Carrier => {
  const base = new URL(baseUrl).href.replace(/\/$/, '');

  const post = async (
    path: string,
    body: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      // A redirected booking could go to somebody else: a 3xx breaks the contract like any other wrong answer.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((cause: unknown) => {
        throw new TransientError('carrier-unreachable', `the carrier gave no answer to ${path}`, { cause });
      });
    if (answer.status < 500 && !PASSING.has(answer.status)) return answer;
    throw new TransientError('carrier-unavailable', `the carrier answered ${answer.status} to ${path}`);
  };

  return {
    book: async ({ idempotencyKey, reference, address, lines }) => {
      const body = { reference, address, lines };
      const answer = await post('/bookings', body, { 'idempotency-key': idempotencyKey });
      if (answer.status !== 202) throw unexpected(answer, '/bookings');
      return parse(bookedSchema, jsonOf(answer, '/bookings'), "the carrier's 202 to /bookings");
    },
    cancel: async (reference) => {
      const answer = await post('/cancellations', { reference });
      if (answer.status !== 200) throw unexpected(answer, '/cancellations');
    },
  };
};

/** The body stays out of the message: it is the carrier's, and may name the customer. */
const unexpected = ({ status }: Answer, path: string): PermanentError =>
  new PermanentError('carrier-contract', `the carrier answered ${status} to ${path}`);

const jsonOf = ({ status, text }: Answer, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PermanentError('carrier-contract', `the carrier's ${status} to ${path} is not JSON`, { cause });
  }
};
