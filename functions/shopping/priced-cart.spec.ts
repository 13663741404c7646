import { expect, it } from 'vitest';
import type { NewEvent } from '../../shared/define/event.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { envelopeOf, envelopesOf } from '../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { StockReceived } from '../inventory/events.ts';
import { PriceSet } from '../pricing/events.ts';
import { ProductDiscontinued } from '../product/events.ts';
import { CartCheckedOut, CartItemAdded, CartItemRemoved } from './events.ts';
import { pricedCart } from './priced-cart.ts';
import { cart } from './projections/cart.ts';
import { offers } from './projections/offers.ts';

const customerId = 'ada';
const EUR = (amount: number) => ({ amount, currency: 'EUR' });
const added = (sku: string, quantity: number) => CartItemAdded.of({ customerId, sku, quantity });
const priced = (sku: string, amount: number, promotionId?: string) =>
  envelopeOf(
    PriceSet.of({ sku, price: EUR(amount), basePrice: EUR(amount), ...(promotionId && { promotionId }) }),
    {
      aggregateId: sku,
    },
  );

const shop = async (events: readonly NewEvent[]) => {
  const store = memoryProjectionStore();
  const stocked = envelopeOf(StockReceived.of({ sku: 'chair', quantity: 7 }), { aggregateId: 'chair' });
  const discontinued = ProductDiscontinued.of({
    sku: 'stool',
    category: 'seats',
    sellerId: 'joiner',
    reason: 'sold out',
  });
  const ofStool = [
    priced('stool', 1_900),
    envelopeOf(StockReceived.of({ sku: 'stool', quantity: 4 }), { aggregateId: 'stool' }),
    envelopeOf(discontinued, { aggregateId: 'stool' }),
  ];
  await projecting(offers, store).process(
    [priced('chair', 2_550), priced('table', 9_000, 'spring'), stocked, ...ofStool].map((event) => ({
      key: event.aggregateId,
      event,
    })),
  );
  const all = envelopesOf(customerId, events).map((event) => ({ key: customerId, event }));
  await projecting(cart, store).process(all);
  return store;
};

it('shows each item at its present price, and what a check-out would charge', async () => {
  const store = await shop([added('chair', 2), added('table', 1), added('chair', 1)]);
  expect(await pricedCart(store, customerId)).toEqual({
    customerId,
    lines: [
      {
        sku: 'chair',
        quantity: 3,
        available: 7,
        price: 'known',
        unitPrice: EUR(2_550),
        lineTotal: EUR(7_650),
      },
      {
        sku: 'table',
        quantity: 1,
        available: 0,
        price: 'known',
        unitPrice: EUR(9_000),
        promotionId: 'spring',
        lineTotal: EUR(9_000),
      },
    ],
    total: EUR(16_650),
    updatedAt: '2026-03-01T12:00:00.002Z',
    sequence: 3,
  });
});

it('says of which item the price is unknown, and gives no total then', async () => {
  const store = await shop([added('chair', 1), added('vase', 2)]);
  expect(await pricedCart(store, customerId)).toMatchObject({
    lines: [
      { sku: 'chair', price: 'known' },
      { sku: 'vase', quantity: 2, available: 0, price: 'unknown' },
    ],
    total: null,
    obstacle: { code: 'price-unknown', message: 'there is no price for vase' },
  });
});

it('shows what is sold no more as not available, and gives no total while it is in the cart', async () => {
  const store = await shop([added('chair', 1), added('stool', 2)]);
  expect(await pricedCart(store, customerId)).toMatchObject({
    lines: [
      { sku: 'chair', available: 7 },
      { sku: 'stool', quantity: 2, available: 0, discontinued: true, price: 'known' },
    ],
    total: null,
    obstacle: { code: 'product-discontinued', message: 'sold no more: stool' },
  });
});

it('shows an emptied cart, with the order that it became', async () => {
  const orderId = 'ada.00000000-0000-8000-8000-000000000001';
  const checkedOut = CartCheckedOut.of({
    customerId,
    orderId,
    lines: [{ sku: 'chair', quantity: 1, unitPrice: EUR(2_550) }],
    total: EUR(2_550),
    deliveryAddress: sealedForTest('address'),
    paymentMethod: 'card-ok',
  });
  const store = await shop([
    added('chair', 1),
    checkedOut,
    added('vase', 1),
    CartItemRemoved.of({ customerId, sku: 'vase' }),
  ]);
  expect(await pricedCart(store, customerId)).toMatchObject({
    lines: [],
    total: null,
    obstacle: { code: 'cart-empty' },
    lastOrderId: orderId,
    sequence: 4,
  });
});

it('knows nothing of a customer who never put anything in', async () => {
  expect(await pricedCart(await shop([added('chair', 1)]), 'bob')).toBeUndefined();
});
