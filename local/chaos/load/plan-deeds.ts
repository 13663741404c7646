import fc from 'fast-check';
import { draw, pick } from '../draw.ts';
import type { Deed } from './deed.ts';

/**
 * Customers and SKUs come and go: a key that a poison record holds holds up a few orders, not the rest of the run.
 * The n-th deed's are at most this many behind the newest.
 */
const CUSTOMERS = 6;
const DEEDS_PER_CUSTOMER = 4;
const SKUS = 8;
const DEEDS_PER_SKU = 40;

const window = (newest: number, size: number): fc.Arbitrary<number> =>
  fc.nat(size - 1).map((behind) => Math.max(0, newest - behind));

const weighted = <T>(...choices: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** What the fake gateway makes of an order. */
const paymentMethod = weighted(
  [76, 'card-ok'],
  [8, 'card-declined'],
  [6, 'card-flaky'],
  [5, 'card-lost-answer'],
  [3, 'card-error'],
  [2, 'card-timeout'],
);

/** What the fake carrier makes of it. */
const postcode = weighted([87, '10115'], [6, 'REFUSE'], [3, 'SILENT'], [4, 'ERROR']);

const customerAt = (n: number): fc.Arbitrary<number> => window(Math.floor(n / DEEDS_PER_CUSTOMER), CUSTOMERS);
const skuAt = (n: number): fc.Arbitrary<number> => window(Math.floor(n / DEEDS_PER_SKU), SKUS);
const amount = fc.integer({ min: 100, max: 9_999 });

const order = (n: number): fc.Arbitrary<Deed> => {
  const line = fc.record({
    sku: skuAt(n),
    quantity: fc.integer({ min: 1, max: 3 }),
    amount,
  });
  return fc.record({
    kind: fc.constant('order'),
    customer: customerAt(n),
    // An order names a SKU once.
    lines: fc.uniqueArray(line, { minLength: 1, maxLength: 2, selector: ({ sku }) => sku }),
    paymentMethod,
    postcode,
  });
};

/** A customer fills a cart and checks it out: the order is made by a policy. */
const cart = (n: number): fc.Arbitrary<Deed> =>
  fc.record({
    kind: fc.constant('cart'),
    customer: customerAt(n),
    sku: skuAt(n),
    quantity: fc.integer({ min: 1, max: 3 }),
    paymentMethod,
    postcode,
  });

const price = (n: number): fc.Arbitrary<Deed> =>
  fc.record({ kind: fc.constant('price'), sku: skuAt(n), amount });

const receipt = (n: number): fc.Arbitrary<Deed> =>
  fc.record({
    kind: fc.constant('receipt'),
    sku: skuAt(n),
    quantity: fc.integer({ min: 5, max: 25 }),
  });

const later = (kind: 'cancel' | 'dispatch' | 'complete' | 'review'): fc.Arbitrary<Deed> =>
  fc.record({ kind: fc.constant(kind), pick });

const deed = (n: number): fc.Arbitrary<Deed> =>
  fc.oneof(
    { weight: 40, arbitrary: order(n) },
    { weight: 12, arbitrary: cart(n) },
    { weight: 3, arbitrary: price(n) },
    { weight: 6, arbitrary: later('review') },
    { weight: 8, arbitrary: receipt(n) },
    { weight: 7, arbitrary: later('cancel') },
    { weight: 18, arbitrary: later('dispatch') },
    { weight: 12, arbitrary: later('complete') },
  );

/** What is done at the API in a run, one deed after the other: the same for the same seed. */
export const planDeeds = (seed: number, count: number): readonly Deed[] =>
  draw(fc.tuple(...Array.from({ length: count }, (_, n) => deed(n))), seed);
