import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { PermanentError, TransientError } from '../../shared/errors/mesh-error.ts';
import { PaymentFailed, payment, PaymentProcessed, PaymentRefunded } from './events.ts';
import type { ChargeAnswer, PaymentGateway, RefundAnswer } from './payment-gateway.ts';
import { processPayment } from './process-payment.ts';
import { refundPayment } from './refund-payment.ts';

const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const amount = { amount: 1999, currency: 'EUR' };
const ofOrder = { orderId, customerId: 'C-1', amount };
const process = { ...ofOrder, method: 'card-ok' };
const refund = { ...ofOrder, reason: 'no carrier' };

const contextOf = (command: string) => commandContext(`${orderId}#${command}`);

/** What befalls one call to the gateway. */
const fates = ['answered', 'answered', 'lost before', 'lost after'] as const;
type Fate = (typeof fates)[number];

/** A gateway in memory that keeps its contract: one charge a key, and a refund voids the reference. */
const gatewayOf = (
  declines: boolean,
  fateOf: () => Fate,
  step: <T>(label: string, value: T) => Promise<T>,
) => {
  const books = { captured: 0, refunded: 0, charges: 0, refunds: 0 };
  const charges = new Map<string, ChargeAnswer>();
  let voided: RefundAnswer | undefined;
  const settle = (): ChargeAnswer => {
    if (voided) return { status: 'declined', reason: 'voided' };
    if (declines) return { status: 'declined', reason: 'insufficient-funds' };
    books.captured += amount.amount;
    return { status: 'captured', chargeId: `ch-${books.charges}` };
  };
  const befalls = async <Answer>(label: string, act: () => Answer): Promise<Answer> => {
    const fate = fateOf();
    await step(`${label} is sent`, undefined);
    if (fate === 'lost before') throw new TransientError('gateway-unreachable', label);
    const answer = act();
    await step(`${label} is answered`, undefined);
    if (fate === 'lost after') throw new TransientError('gateway-unreachable', label);
    return answer;
  };
  const gateway: PaymentGateway = {
    charge: ({ idempotencyKey }) =>
      befalls('charge', () => {
        books.charges += 1;
        const answer = charges.get(idempotencyKey) ?? settle();
        charges.set(idempotencyKey, answer);
        return answer;
      }),
    refund: () =>
      befalls('refund', () => {
        books.refunds += 1;
        if (voided) return voided;
        books.refunded = books.captured;
        voided =
          books.captured > 0
            ? { status: 'refunded', refundId: 're-1', amount: books.captured }
            : { status: 'nothing-captured' };
        return voided;
      }),
  };
  return { gateway, books };
};

const world = (declines = false, fateOf: () => Fate = () => 'answered', scheduler?: fc.Scheduler) => {
  const step = <T>(label: string, value: T): Promise<T> =>
    scheduler ? scheduler.schedule(Promise.resolve(value), label) : Promise.resolve(value);
  const store = memoryEventStore();
  const run = commandHandler(
    {
      ...store,
      load: async (...of) => step('loaded', await store.load(...of)),
      append: async (commits) => {
        await step('append', undefined);
        await store.append(commits);
      },
    },
    fixedClock(),
  );
  const { gateway, books } = gatewayOf(declines, fateOf, step);
  return {
    books,
    process: () => processPayment(run, gateway)(process, contextOf('ProcessPayment')),
    refund: () => refundPayment(run, gateway)(refund, contextOf('RefundPayment')),
    recorded: async () => (await store.load(payment, orderId)).flatMap(({ events }) => events),
  };
};

/** The books by our own events. */
const balance = async ({ recorded }: ReturnType<typeof world>) => {
  const sum = { captured: 0, refunded: 0 };
  for (const event of await recorded()) {
    if (PaymentProcessed.is(event)) sum.captured += event.payload.amount.amount;
    if (PaymentRefunded.is(event)) sum.refunded += event.payload.amount.amount;
  }
  return sum;
};

const types = async ({ recorded }: ReturnType<typeof world>) =>
  (await recorded()).map(({ eventType }) => eventType);

describe('ProcessPayment', () => {
  it('captures once, and answers the same when it is repeated', async () => {
    const w = world();
    const captured = { outcome: 'captured', event: PaymentProcessed.type, details: { chargeId: 'ch-1' } };
    expect(await w.process()).toStrictEqual(captured);
    expect(await w.process()).toStrictEqual(captured);
    expect(w.books).toMatchObject({ captured: 1999, charges: 1 });
    expect(await types(w)).toStrictEqual([PaymentProcessed.type]);
  });

  it('is declined once, and answers the same when it is repeated', async () => {
    const w = world(true);
    const declined = { outcome: 'declined', event: PaymentFailed.type, reason: 'insufficient-funds' };
    expect(await w.process()).toStrictEqual(declined);
    expect(await w.process()).toStrictEqual(declined);
    expect(w.books.charges).toBe(1);
  });

  it('asks again with the same key when an answer was lost', async () => {
    const pending: Fate[] = ['lost after'];
    const w = world(false, () => pending.pop() ?? 'answered');
    await expect(w.process()).rejects.toThrow(TransientError);
    expect(await w.process()).toMatchObject({ outcome: 'captured' });
    expect(w.books).toMatchObject({ captured: 1999, charges: 2 });
  });

  it('finds the fence of a refund that came first, without calling the gateway', async () => {
    const w = world();
    expect(await w.refund()).toStrictEqual({ outcome: 'nothing-captured', event: PaymentFailed.type });
    expect(await w.process()).toMatchObject({ outcome: 'declined', reason: 'abandoned: no carrier' });
    expect(w.books.charges).toBe(0);
  });

  it('is not captured any more once it was refunded', async () => {
    const w = world();
    await w.process();
    await w.refund();
    expect(await w.process()).toMatchObject({ outcome: 'declined', event: PaymentRefunded.type });
  });

  it('needs no gateway for an order that costs nothing', async () => {
    const run = commandHandler(memoryEventStore(), fixedClock());
    const { gateway, books } = gatewayOf(
      false,
      () => 'answered',
      (_, value) => Promise.resolve(value),
    );
    const free = { amount: { amount: 0, currency: 'EUR' } };
    const context = contextOf('ProcessPayment');
    expect(await processPayment(run, gateway)({ ...process, ...free }, context)).toMatchObject({
      outcome: 'captured',
    });
    expect(
      await refundPayment(run, gateway)({ ...refund, ...free }, contextOf('RefundPayment')),
    ).toMatchObject({
      outcome: 'refunded',
    });
    expect(books).toStrictEqual({ captured: 0, refunded: 0, charges: 0, refunds: 0 });
  });
});

describe('RefundPayment', () => {
  it('gives back what was captured, once', async () => {
    const w = world();
    await w.process();
    const refunded = { outcome: 'refunded', event: PaymentRefunded.type };
    expect(await w.refund()).toStrictEqual(refunded);
    expect(await w.refund()).toStrictEqual(refunded);
    expect(w.books).toMatchObject({ refunded: 1999, refunds: 1 });
  });

  it('has nothing to give back after a decline, and does not ask', async () => {
    const w = world(true);
    await w.process();
    expect(await w.refund()).toStrictEqual({ outcome: 'nothing-captured', event: PaymentFailed.type });
    expect(w.books.refunds).toBe(0);
  });

  it('finds the charge whose answer was lost', async () => {
    const pending: Fate[] = ['lost after'];
    const w = world(false, () => pending.pop() ?? 'answered');
    await expect(w.process()).rejects.toThrow(TransientError);
    expect(await w.refund()).toMatchObject({ outcome: 'refunded' });
    expect(await types(w)).toStrictEqual([PaymentProcessed.type, PaymentRefunded.type]);
    expect(w.books).toMatchObject({ captured: 1999, refunded: 1999 });
  });
});

const attempts = fc.array(fc.constantFrom('process' as const, 'process' as const, 'refund' as const), {
  minLength: 1,
  maxLength: 5,
});

describe('however attempts race, and whichever answers are lost', { timeout: 30_000 }, () => {
  it('the books say what the gateway says, and a compensated order holds no money', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        attempts,
        fc.array(fc.constantFrom(...fates), { maxLength: 10 }),
        fc.boolean(),
        async (scheduler, course, drawn, declines) => {
          const pending = [...drawn];
          const w = world(declines, () => pending.pop() ?? 'answered', scheduler);
          const ended = await scheduler.waitFor(
            Promise.allSettled(course.map((attempt) => (attempt === 'process' ? w.process() : w.refund()))),
          );
          for (const end of ended) {
            // Only a lost answer may fail an attempt; a contradiction would mean that the books are off.
            if (end.status === 'rejected') expect(end.reason).not.toBeInstanceOf(PermanentError);
          }
          const refunded = course.includes('refund');
          // The saga goes on until the step, or its compensation, has an answer.
          await scheduler.waitFor(refunded ? untilAnswered(w.refund) : untilAnswered(w.process));
          const { captured, refunded: givenBack } = w.books;
          expect(await balance(w)).toStrictEqual({ captured, refunded: givenBack });
          if (refunded) expect(captured - givenBack).toBe(0);
          else expect(captured).toBe(declines ? 0 : amount.amount);
        },
      ),
      { numRuns: 200 },
    );
  });
});

const untilAnswered = async (attempt: () => Promise<unknown>): Promise<void> => {
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    }
  }
};
