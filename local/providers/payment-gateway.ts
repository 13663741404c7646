import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { requireKey, serveJson, type Answer, type JsonServer, type Routes } from './json-server.ts';
import { troublesome } from './trouble.ts';

const Charge = z.object({
  reference: z.string().min(1),
  amount: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  method: z.enum([
    'card-ok',
    'card-declined',
    'card-timeout',
    'card-error',
    'card-flaky',
    'card-lost-answer',
  ]),
});
type Charge = z.infer<typeof Charge>;

const Refund = z.object({ reference: z.string().min(1) });

/** One line of the balance: amounts are integer minor units; `refunded` is what went back of `amount`. */
export interface ChargeLine {
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'captured' | 'declined';
  readonly refunded: number;
}

export interface PaymentGateway extends JsonServer {
  readonly charges: () => readonly ChargeLine[];
}

const FLAKY_FAILURES = 2;

/**
 * The gateway's books, without HTTP. An Idempotency-Key answers the same for ever and never charges twice;
 * a refund also voids its reference, so that a charge that is still on its way cannot capture afterwards.
 */
export function createPaymentGateway(): { readonly routes: Routes; readonly charges: () => ChargeLine[] } {
  const lines: { -readonly [K in keyof ChargeLine]: ChargeLine[K] }[] = [];
  const answers = new Map<string, { readonly body: unknown; readonly answer: Answer }>();
  const refunds = new Map<string, { readonly refundId: string; readonly amount: number }>();
  const failures = new Map<string, number>();

  function settle(key: string, charge: Charge, status: ChargeLine['status'], answer: Answer): Answer {
    lines.push({
      reference: charge.reference,
      amount: charge.amount,
      currency: charge.currency,
      status,
      refunded: 0,
    });
    answers.set(key, { body: charge, answer });
    return answer;
  }

  const decline = (key: string, charge: Charge, reason: string): Answer =>
    settle(key, charge, 'declined', { status: 402, body: { status: 'declined', reason } });

  const capture = (key: string, charge: Charge): Answer => {
    const chargeId = `ch-${String(lines.length + 1)}`;
    return settle(key, charge, 'captured', { status: 201, body: { chargeId, status: 'captured' } });
  };

  function charge(key: string, request: Charge): Answer {
    const known = answers.get(key);
    if (known !== undefined) {
      if (isDeepStrictEqual(known.body, request)) return known.answer;
      return { status: 422, body: { message: 'this Idempotency-Key was used with another body' } };
    }
    if (refunds.has(request.reference)) return decline(key, request, 'voided');
    switch (request.method) {
      case 'card-ok':
        return capture(key, request);
      case 'card-declined':
        return decline(key, request, 'insufficient_funds');
      case 'card-timeout':
        return 'hold';
      case 'card-error':
        return { status: 500, body: { message: 'the gateway broke down' } };
      case 'card-flaky': {
        const failed = failures.get(request.reference) ?? 0;
        if (failed >= FLAKY_FAILURES) return capture(key, request);
        failures.set(request.reference, failed + 1);
        return { status: 503, body: { message: 'the gateway is overloaded' } };
      }
      case 'card-lost-answer':
        capture(key, request);
        return 'cut';
    }
  }

  function refund(reference: string): Answer {
    let done = refunds.get(reference);
    if (done === undefined) {
      const captured = lines.filter((line) => line.reference === reference && line.status === 'captured');
      for (const line of captured) line.refunded = line.amount;
      const amount = captured.reduce((sum, line) => sum + line.amount, 0);
      done = { refundId: `re-${String(refunds.size + 1)}`, amount };
      refunds.set(reference, done);
    }
    return done.amount === 0
      ? { status: 200, body: { status: 'nothing_captured', amount: 0 } }
      : { status: 200, body: { status: 'refunded', ...done } };
  }

  return {
    charges: () => lines.map((line) => ({ ...line })),
    routes: {
      'POST /charges': (request) => charge(requireKey(request), Charge.parse(request.body)),
      'POST /refunds': (request) => {
        requireKey(request);
        return refund(Refund.parse(request.body).reference);
      },
      'GET /charges': () => ({ status: 200, body: lines }),
    },
  };
}

/** Starts the fake payment gateway on loopback; `POST /trouble` makes it misbehave. */
export async function startPaymentGateway(port?: number): Promise<PaymentGateway> {
  const gateway = createPaymentGateway();
  return {
    ...(await serveJson('payment gateway', troublesome(gateway.routes), port)),
    charges: gateway.charges,
  };
}
