import { expect, it } from 'vitest';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import {
  order,
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
} from '../events.ts';
import { orderSummary } from './order-summary.ts';

const customerId = 'ada';
const line = { sku: 'chair', quantity: 2, unitPrice: { amount: 2_550, currency: 'EUR' } };
const total = { amount: 5_100, currency: 'EUR' };
const deliveryAddress = sealedForTest('address');

const created = OrderCreated.of({ customerId, currency: 'EUR' });
const added = OrderItemAdded.of({ line });
const submitted = OrderSubmitted.of({
  customerId,
  lines: [line],
  total,
  deliveryAddress,
  paymentMethod: 'card-ok',
});
const confirmed = OrderConfirmed.of({ customerId, total });

const streams = [
  envelopesOf('ada.completed', [created, added, submitted, confirmed, OrderCompleted.of({ customerId })]),
  envelopesOf('ada.cancelled', [
    created,
    added,
    submitted,
    OrderCancelled.of({ customerId, reason: 'out of stock', lines: [line] }),
  ]),
  envelopesOf('ada.draft', [created, added]),
  envelopesOf('bob.confirmed', [created, added, submitted, confirmed]),
];
const inOrder = streams.flat().map((event) => deliveryOf(order, event));

const folded = async () => {
  const store = memoryProjectionStore();
  await projecting(orderSummary, store).process(inOrder);
  return store;
};

it('shows an order as it stands', async () => {
  const found = await findDocument(await folded(), orderSummary, { group: 'ada', item: 'ada.completed' });
  expect(found).toEqual({
    orderId: 'ada.completed',
    customerId,
    currency: 'EUR',
    status: 'completed',
    lines: [line],
    total,
    deliveryAddress,
    createdAt: '2026-03-01T12:00:00.000Z',
    updatedAt: '2026-03-01T12:00:00.004Z',
    sequence: 5,
  });
});

it('shows why an order was cancelled', async () => {
  const found = await findDocument(await folded(), orderSummary, { group: 'ada', item: 'ada.cancelled' });
  expect(found).toMatchObject({ status: 'cancelled', reason: 'out of stock', total, sequence: 4 });
});

it('keeps the way of paying to itself', async () => {
  expect((await folded()).snapshot()).not.toContain('card-ok');
});

it("lists a customer's orders", async () => {
  const { items } = await listDocuments(await folded(), orderSummary, 'ada', { limit: 10 });
  expect(items.map(({ orderId }) => orderId)).toEqual(['ada.cancelled', 'ada.completed', 'ada.draft']);
});

it('comes to the same orders however the events are delivered', () =>
  expectSameHoweverDelivered(orderSummary, streams, (id) => order.orderingKey(id)));
