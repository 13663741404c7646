import { describe, expect, it } from 'vitest';
import { given } from '../../shared/testing/given.ts';
import { sealedForTest } from '../../shared/testing/sealed-for-test.ts';
import { addCartItem, cart, checkOutCart, removeCartItem } from './cart.ts';
import { addCartItem as addCartItemSchema, checkOutCart as checkOutCartSchema } from './commands.ts';
import { CartCheckedOut, CartItemAdded, CartItemRemoved } from './events.ts';
import type { Offer } from './projections/offers.ts';

const customerId = 'ada';
const EUR = (amount: number) => ({ amount, currency: 'EUR' });
const added = (sku: string, quantity = 1) => CartItemAdded.of({ customerId, sku, quantity });
const removed = (sku: string) => CartItemRemoved.of({ customerId, sku });
const order = {
  customerId,
  orderId: 'ada.00000000-0000-8000-8000-000000000001',
  deliveryAddress: sealedForTest('address'),
  paymentMethod: 'card-ok',
};
const offers = (...list: Offer[]) => new Map(list.map((offer) => [offer.sku, offer]));
const chair = { sku: 'chair', price: EUR(2_550), available: 3 };
const table = { sku: 'table', price: EUR(9_000), promotionId: 'spring', available: 0 };
const stool = { sku: 'stool', price: EUR(1_900), available: 4, discontinued: true } as const;
const chairLine = { sku: 'chair', quantity: 2, unitPrice: EUR(2_550) };
const tableLine = { sku: 'table', quantity: 1, unitPrice: EUR(9_000), promotionId: 'spring' };
const checkedOut = CartCheckedOut.of({ ...order, lines: [chairLine, tableLine], total: EUR(14_100) });

describe('putting into a cart', () => {
  it('adds to what is there', () => {
    given(cart, [added('chair')])
      .when((state) => addCartItem(state, offers(chair), { customerId, sku: 'chair', quantity: 2 }))
      .then([added('chair', 2)]);
  });

  it('stops at 1 000 pieces of a SKU', () => {
    given(cart, [added('chair', 999)])
      .when((state) => addCartItem(state, offers(chair), { customerId, sku: 'chair', quantity: 1 }))
      .then([added('chair', 1)]);
    given(cart, [added('chair', 999), added('chair')])
      .when((state) => addCartItem(state, offers(chair), { customerId, sku: 'chair', quantity: 1 }))
      .thenRefused('cart-quantity');
  });

  it('stops at 50 SKUs, and still takes more of one that is there', () => {
    const full = Array.from({ length: 50 }, (_, i) => added(`sku-${i}`));
    given(cart, full)
      .when((state) => addCartItem(state, offers(chair), { customerId, sku: 'chair', quantity: 1 }))
      .thenRefused('cart-full');
    given(cart, full)
      .when((state) => addCartItem(state, offers(), { customerId, sku: 'sku-7', quantity: 1 }))
      .then([added('sku-7')]);
    given(cart, [...full, removed('sku-7')])
      .when((state) => addCartItem(state, offers(chair), { customerId, sku: 'chair', quantity: 1 }))
      .then([added('chair')]);
  });
});

it('takes nothing that is sold no more into a cart, also not more of what is in it', () => {
  for (const history of [[], [added('stool')]])
    given(cart, history)
      .when((state) => addCartItem(state, offers(stool), { customerId, sku: 'stool', quantity: 1 }))
      .thenRefused('product-discontinued');
});

describe('taking out of a cart', () => {
  it('takes all of a SKU', () => {
    given(cart, [added('chair', 3)])
      .when((state) => removeCartItem(state, { customerId, sku: 'chair' }))
      .then([removed('chair')]);
  });

  it('changes nothing when it is not there', () => {
    given(cart, [added('chair'), removed('chair')])
      .when((state) => removeCartItem(state, { customerId, sku: 'chair' }))
      .then([]);
  });
});

describe('checking out', () => {
  const filled = [added('chair'), added('vase'), added('table'), added('chair'), removed('vase')];

  it('orders what is in the cart at the prices of the moment, available or not', () => {
    given(cart, filled)
      .when((state) => checkOutCart(state, offers(chair, table), order))
      .then([checkedOut]);
  });

  it('leaves an empty cart, which can be filled again', () => {
    given(cart, [...filled, checkedOut])
      .when((state) => checkOutCart(state, offers(chair, table), order))
      .thenRefused('cart-empty');
    const again = { sku: 'chair', quantity: 1, unitPrice: EUR(2_550) };
    given(cart, [...filled, checkedOut, added('chair')])
      .when((state) => checkOutCart(state, offers(chair), order))
      .then([CartCheckedOut.of({ ...order, lines: [again], total: EUR(2_550) })]);
  });

  it('takes the total that the customer was shown, and no other', () => {
    given(cart, filled)
      .when((state) => checkOutCart(state, offers(chair, table), { ...order, expectedTotal: EUR(14_100) }))
      .then([checkedOut]);
    for (const expectedTotal of [EUR(14_099), { amount: 14_100, currency: 'CHF' }])
      given(cart, filled)
        .when((state) => checkOutCart(state, offers(chair, table), { ...order, expectedTotal }))
        .thenRefused('price-changed');
  });

  it('names the SKUs without a price', () => {
    expect(() =>
      checkOutCart(
        {
          items: [
            { sku: 'chair', quantity: 1 },
            { sku: 'vase', quantity: 1 },
          ],
        },
        offers(chair),
        order,
      ),
    ).toThrow(/no price for vase$/);
    given(cart, filled)
      .when((state) => checkOutCart(state, offers(chair, { sku: 'table', available: 5 }), order))
      .thenRefused('price-unknown');
  });

  it('refuses while something in the cart is sold no more, and names it', () => {
    given(cart, [...filled, added('stool')])
      .when((state) => checkOutCart(state, offers(chair, table, stool), order))
      .thenRefused('product-discontinued');
    expect(() => checkOutCart({ items: [{ sku: 'stool', quantity: 1 }] }, offers(stool), order)).toThrow(
      /sold no more: stool$/,
    );
    given(cart, [...filled, added('stool'), removed('stool')])
      .when((state) => checkOutCart(state, offers(chair, table, stool), order))
      .then([checkedOut]);
  });

  it('takes one currency only', () => {
    const foreign = { ...table, price: { amount: 9_000, currency: 'CHF' } };
    given(cart, filled)
      .when((state) => checkOutCart(state, offers(chair, foreign), order))
      .thenRefused('mixed-currencies');
  });

  it('stops at what one order may come to', () => {
    const dear = { ...chair, price: EUR(1_000_000_000_000) };
    given(cart, [added('chair', 2)])
      .when((state) => checkOutCart(state, offers(dear), order))
      .thenRefused('cart-too-large');
  });
});

it.each([
  ['no pieces', addCartItemSchema, { sku: 'chair', quantity: 0 }],
  ['more pieces than a cart holds', addCartItemSchema, { sku: 'chair', quantity: 1_001 }],
  ['a price of the customer', addCartItemSchema, { sku: 'chair', quantity: 1, unitPrice: EUR(1) }],
  ['no address', checkOutCartSchema, { paymentMethod: 'card-ok' }],
  [
    'a way of paying that an order does not take',
    checkOutCartSchema,
    { deliveryAddress: { line1: 'a', postcode: '1', city: 'b', country: 'DE' }, paymentMethod: '4111 1111' },
  ],
])('does not take %s', (_, schema, body) => {
  expect(schema.safeParse(body).success).toBe(false);
});
