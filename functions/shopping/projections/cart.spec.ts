import { expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { cart as definition, CartCheckedOut, CartItemAdded, CartItemRemoved } from '../events.ts';
import { cart } from './cart.ts';

const orderIdOf = (customerId: string) => `${customerId}.00000000-0000-8000-8000-000000000001`;

const streams = ['ada', 'bob'].map((customerId) => {
  const added = (sku: string, quantity: number) => CartItemAdded.of({ customerId, sku, quantity });
  const unitPrice = { amount: 2_550, currency: 'EUR' };
  return envelopesOf(customerId, [
    added('vase', 1),
    CartItemRemoved.of({ customerId, sku: 'vase' }),
    added('chair', 2),
    CartCheckedOut.of({
      customerId,
      orderId: orderIdOf(customerId),
      lines: [{ sku: 'chair', quantity: 2, unitPrice }],
      total: { amount: 5_100, currency: 'EUR' },
      deliveryAddress: sealedForTest(customerId),
      paymentMethod: 'card-ok',
    }),
    added('table', 1),
    added('chair', 3),
    added('table', 4),
  ]);
});
const inOrder = streams.flat().map((event) => deliveryOf(definition, event));

it('shows what was put in since the last check-out, each SKU once', async () => {
  const store = memoryProjectionStore();
  await projecting(cart, store).process(inOrder);
  expect(await findDocument(store, cart, { group: 'ada', item: 'ada' })).toEqual({
    customerId: 'ada',
    items: [
      { sku: 'table', quantity: 5 },
      { sku: 'chair', quantity: 3 },
    ],
    lastOrderId: orderIdOf('ada'),
    updatedAt: '2026-03-01T12:00:00.006Z',
    sequence: 7,
  });
});

it('notices a missing event', async () => {
  const store = memoryProjectionStore();
  const verdicts = await projecting(cart, store).process(inOrder.filter(({ event }) => event.sequence !== 2));
  expect(verdicts[1]).toMatchObject({ kind: 'failed', error: { code: 'missing-predecessor' } });
});

it('comes to the same carts however the events are delivered', () =>
  expectSameHoweverDelivered(cart, streams));
