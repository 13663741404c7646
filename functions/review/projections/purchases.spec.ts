import { describe, expect, it } from 'vitest';
import { customerOf, type NewEvent } from '../../../shared/define/event.ts';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
} from '../../order/events.ts';
import { purchases } from './purchases.ts';

const total = { amount: 1_000, currency: 'EUR' };
const line = (sku: string) => ({ sku, quantity: 1, unitPrice: { amount: 500, currency: 'EUR' } });
const begun = (customerId: string): NewEvent[] => [
  OrderCreated.of({ customerId, currency: 'EUR' }),
  OrderItemAdded.of({ line: line('SKU-1') }),
  OrderItemAdded.of({ line: line('SKU-2') }),
  OrderSubmitted.of({
    customerId,
    lines: [line('SKU-1'), line('SKU-2')],
    total,
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  }),
];
const completed = (customerId: string): NewEvent[] => [
  ...begun(customerId),
  OrderConfirmed.of({ customerId, total }),
  OrderCompleted.of({ customerId }),
];
const cancelled = (customerId: string): NewEvent[] => [
  ...begun(customerId),
  OrderCancelled.of({ customerId, reason: 'out of stock', lines: [line('SKU-1'), line('SKU-2')] }),
];

const orderOf = (customerId: string, n: number) => `${customerId}.00000000-0000-8000-8000-00000000000${n}`;
const deliveries = (orderId: string, events: readonly NewEvent[]) =>
  envelopesOf(orderId, events).map((event) => ({ key: customerOf(orderId), event }));

const found = async (events: readonly NewEvent[]) => {
  const store = memoryProjectionStore();
  const orderId = orderOf('ada', 1);
  await projecting(purchases, store).process(deliveries(orderId, events));
  return findDocument(store, purchases, { group: 'ada', item: orderId });
};

describe('purchases', () => {
  it('takes every event of an order, so that a missing one shows', () => {
    expect(purchases.complete).toBe(true);
  });

  it('says what an order bought, and whether it has arrived', async () => {
    const purchase = { orderId: orderOf('ada', 1), customerId: 'ada', skus: ['SKU-1', 'SKU-2'] };
    expect(await found(begun('ada'))).toStrictEqual({ ...purchase, status: 'open', sequence: 4 });
    expect(await found(completed('ada'))).toStrictEqual({ ...purchase, status: 'completed', sequence: 6 });
    expect(await found(cancelled('ada'))).toStrictEqual({ ...purchase, status: 'cancelled', sequence: 5 });
  });

  it('keeps what follows a missing event back', async () => {
    const store = memoryProjectionStore();
    const [, ...rest] = deliveries(orderOf('ada', 1), completed('ada'));
    const verdicts = await projecting(purchases, store).process(rest);
    expect(verdicts.some(({ kind }) => kind === 'applied')).toBe(false);
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const histories = [
      [orderOf('ada', 1), completed('ada')],
      [orderOf('bob', 1), cancelled('bob')],
      [orderOf('eve', 1), completed('eve')],
    ] as const;
    const streams = histories.map(([id, events]) => envelopesOf(id, events));
    await expectSameHoweverDelivered(purchases, streams, customerOf);
  });
});
