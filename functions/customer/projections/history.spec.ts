import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import type { Projection } from '../../../shared/project/projection.ts';
import { anyDeliveries } from '../../../shared/testing/any-deliveries.ts';
import { envelopeOf, envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import {
  order,
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
} from '../../order/events.ts';
import { payment, PaymentFailed, PaymentProcessed, PaymentRefunded } from '../../payment/events.ts';
import { history } from './history.ts';
import { lifetimeValue, valueOf } from './lifetime-value.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const pounds = (amount: number) => ({ amount, currency: 'GBP' });
const line = { sku: 'chair', quantity: 1, unitPrice: euros(5_000) };

const ofCustomer = (customerId: string) => {
  const submitted = [
    OrderCreated.of({ customerId, currency: 'EUR' }),
    OrderItemAdded.of({ line }),
    OrderSubmitted.of({
      customerId,
      lines: [line],
      total: euros(5_000),
      deliveryAddress: sealedForTest('address'),
      paymentMethod: 'card-ok',
    }),
  ];
  const paid = (orderId: string, amount = euros(5_000)) =>
    PaymentProcessed.of({ orderId, customerId, amount, chargeId: 'ch' });
  const refunded = (orderId: string, amount = euros(5_000)) =>
    PaymentRefunded.of({ orderId, customerId, amount, refundId: 're', reason: 'cancelled' });
  const cancelled = OrderCancelled.of({ customerId, reason: 'no', lines: [line] });
  const id = (order: string): string => `${customerId}.${order}`;
  return {
    orders: [
      envelopesOf(id('completed'), [
        ...submitted,
        OrderConfirmed.of({ customerId, total: euros(5_000) }),
        OrderCompleted.of({ customerId }),
      ]),
      envelopesOf(id('declined'), [...submitted, cancelled]),
      envelopesOf(id('draft'), submitted.slice(0, 2)),
      envelopesOf(id('refunded'), [...submitted, cancelled]),
    ],
    payments: [
      envelopesOf(id('completed'), [paid(id('completed'))]),
      envelopesOf(id('declined'), [
        PaymentFailed.of({ orderId: id('declined'), customerId, amount: euros(5_000), reason: 'declined' }),
      ]),
      envelopesOf(id('refunded'), [paid(id('refunded')), refunded(id('refunded'))]),
      // Paid in one month and refunded in the next, in another currency.
      [
        envelopeOf(paid(id('abroad'), pounds(700)), {
          aggregateId: id('abroad'),
          occurredOn: '2026-01-31T23:59:59.999Z',
        }),
        envelopeOf(refunded(id('abroad'), pounds(700)), {
          aggregateId: id('abroad'),
          sequence: 2,
          occurredOn: '2026-02-01T00:00:00.000Z',
        }),
      ],
    ],
  };
};
const customers = ['ada', 'bob'].map(ofCustomer);
const orders = customers.flatMap((each) => each.orders);
const payments = customers.flatMap((each) => each.payments);

const folded = async <Doc>(projection: Projection<Doc>) => {
  const store = memoryProjectionStore();
  const events = [
    ...orders.map((events) => [order, events] as const),
    ...payments.map((events) => [payment, events] as const),
  ];
  const deliveries = events.flatMap(([aggregate, events]) =>
    events.map((event) => deliveryOf(aggregate, event)),
  );
  const listened = new Set(projection.listens.map(({ type }) => type));
  await projecting(projection, store).process(
    deliveries.filter(({ event }) => listened.has(event.eventType)),
  );
  return store;
};

const isSameHowever = async <Doc>(projection: Projection<Doc>): Promise<void> => {
  const once = (await folded(projection)).snapshot();
  const listened = new Set(projection.listens.map(({ type }) => type));
  // A payment's key is its own id, an order's its customer's: two topics.
  const batchesOf = fc.tuple(
    anyDeliveries(orders, (id) => order.orderingKey(id)),
    anyDeliveries(payments, (id) => payment.orderingKey(id)),
    fc.array(fc.boolean(), { maxLength: 60 }),
  );
  await fc.assert(
    fc.asyncProperty(batchesOf, async ([ofOrders, ofPayments, turns]) => {
      const store = memoryProjectionStore();
      const queues = { orders: [...ofOrders], payments: [...ofPayments] };
      for (const turn of [...turns, ...ofOrders.map(() => true), ...ofPayments.map(() => false)]) {
        const batch = (turn ? queues.orders : queues.payments).shift() ?? [];
        const verdicts = await projecting(projection, store).process(
          batch.filter(({ event }) => listened.has(event.eventType)),
        );
        expect(verdicts.filter(({ kind }) => kind === 'failed')).toEqual([]);
      }
      expect(store.snapshot()).toBe(once);
    }),
    { numRuns: 60 },
  );
};

describe('the history of a customer', () => {
  it('has each order with what was paid for it', async () => {
    const { items } = await listDocuments(await folded(history), history, 'ada', { limit: 10 });
    const [abroad, completed, declined, draft, refunded] = items;
    expect(items).toHaveLength(5);
    expect(abroad).toEqual({
      orderId: 'ada.abroad',
      payment: 'refunded',
      paid: pounds(700),
      refunded: pounds(700),
      updatedAt: '2026-02-01T00:00:00.000Z',
    });
    expect(completed).toEqual({
      orderId: 'ada.completed',
      status: 'completed',
      total: euros(5_000),
      payment: 'paid',
      paid: euros(5_000),
      orderedAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.004Z',
    });
    expect(declined).toMatchObject({ status: 'cancelled', payment: 'failed' });
    expect(draft).toMatchObject({ status: 'draft' });
    expect(refunded).toMatchObject({ status: 'cancelled', payment: 'refunded', refunded: euros(5_000) });
  });

  it('holds nothing personal, not even sealed', async () => {
    const kept = (await folded(history)).snapshot();
    expect(kept).not.toContain('sealed.');
    expect(kept).not.toContain('card-ok');
  });

  it('comes out the same whichever topic is first, shuffled and repeated', () => isSameHowever(history));
});

describe('the lifetime value of a customer', () => {
  it('is what they paid minus what they got back, in each currency', async () => {
    const store = await folded(lifetimeValue);
    const { items } = await listDocuments(store, lifetimeValue, 'ada', { limit: 10 });
    expect(items.map(({ month }) => month)).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(valueOf(items)).toEqual([
      { currency: 'EUR', paid: 10_000, refunded: 5_000, value: 5_000 },
      { currency: 'GBP', paid: 700, refunded: 700, value: 0 },
    ]);
    expect(valueOf([])).toEqual([]);
  });

  it('comes out the same whichever payment is first, shuffled and repeated', () =>
    isSameHowever(lifetimeValue));
});
