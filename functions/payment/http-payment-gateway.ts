import { z } from 'zod';
import { parse } from '../../shared/define/parse.ts';
import { PermanentError, TransientError } from '../../shared/errors/mesh-error.ts';
import type { PaymentGateway } from './payment-gateway.ts';

/** Half of what a customer waits for at a till; the saga tries again with the same key. */
const TIMEOUT_MS = 2_500;
/** Request Timeout, Conflict (the key's first request is still running), Too Early, Too Many Requests. */
const PASSING = new Set([408, 409, 425, 429]);
const MAX_REASON = 300;

const providerId = z.string().min(1).max(200);
const capturedSchema = z.object({ status: z.literal('captured'), chargeId: providerId });
const declinedSchema = z.object({
  status: z.literal('declined'),
  reason: z.string().transform((text) => text.slice(0, MAX_REASON)),
});
const refundSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('refunded'), refundId: providerId, amount: z.int().min(1) }),
  z.object({ status: z.literal('nothing_captured') }),
]);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * The payment gateway over HTTP (README, "The gateway").
 * @param baseUrl where it stands, with or without a closing slash
 * @param timeoutMs for a whole answer, its body included
 */
export const httpPaymentGateway = (baseUrl: string, timeoutMs = TIMEOUT_MS): PaymentGateway => {
  const base = new URL(baseUrl).href.replace(/\/$/, '');

  const post = async (path: string, idempotencyKey: string, body: object): Promise<Answer> => {
    const answer = await fetch(base + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
      // A redirected POST could charge somewhere else: a 3xx is an answer like any other, and breaks the contract.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch((cause: unknown) => {
        throw new TransientError('gateway-unreachable', `the payment gateway gave no answer to ${path}`, {
          cause,
        });
      });
    if (answer.status < 500 && !PASSING.has(answer.status)) return answer;
    throw new TransientError(
      'gateway-unavailable',
      `the payment gateway answered ${answer.status} to ${path}`,
    );
  };

  return {
    charge: async ({ reference, amount: { amount, currency }, method, idempotencyKey }) => {
      const answer = await post('/charges', idempotencyKey, { reference, amount, currency, method });
      if (answer.status === 201) return read(capturedSchema, answer, '/charges');
      if (answer.status === 402) return read(declinedSchema, answer, '/charges');
      throw unexpected(answer, '/charges');
    },
    refund: async ({ reference, idempotencyKey }) => {
      const answer = await post('/refunds', idempotencyKey, { reference });
      if (answer.status !== 200) throw unexpected(answer, '/refunds');
      const refund = read(refundSchema, answer, '/refunds');
      return refund.status === 'refunded' ? refund : { status: 'nothing-captured' };
    },
  };
};

/** The body stays out of the message: it is the provider's, and may name the customer. */
const unexpected = ({ status }: Answer, path: string): PermanentError =>
  new PermanentError('gateway-contract', `the payment gateway answered ${status} to ${path}`);

const read = <T>(schema: z.ZodType<T>, { status, text }: Answer, path: string): T => {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new PermanentError('gateway-contract', `the payment gateway's ${status} to ${path} is not JSON`, {
      cause,
    });
  }
  return parse(schema, body, `the payment gateway's ${status} to ${path}`);
};
