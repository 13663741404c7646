import { expect, it } from 'vitest';
import { planDeeds } from './plan-deeds.ts';

const deeds = planDeeds(11, 900);

it('does the same for the same seed, and something else for another', () => {
  expect(planDeeds(11, 900)).toEqual(deeds);
  expect(planDeeds(12, 900)).not.toEqual(deeds);
});

it('has orders that end in every way, and all that can be done with them', () => {
  const kinds = new Set<string>(deeds.map(({ kind }) => kind));
  expect(kinds).toEqual(
    new Set(['order', 'cart', 'price', 'review', 'receipt', 'cancel', 'dispatch', 'complete']),
  );
  const orders = deeds.flatMap((deed) => (deed.kind === 'order' ? [deed] : []));
  expect(new Set(orders.map(({ paymentMethod }) => paymentMethod)).size).toBe(6);
  expect(new Set(orders.map(({ postcode }) => postcode)).size).toBe(4);
});

it('names no SKU twice in an order', () => {
  for (const deed of deeds) {
    if (deed.kind !== 'order') continue;
    const skus = deed.lines.map(({ sku }) => sku);
    expect(new Set(skus).size).toBe(skus.length);
  }
});

it('lets customers go after a while, so that a held key holds up few orders', () => {
  const orders = deeds.flatMap((deed) => (deed.kind === 'order' ? [deed.customer] : []));
  const perCustomer = [...Map.groupBy(orders, (customer) => customer).values()];
  expect(Math.max(...perCustomer.map(({ length }) => length))).toBeLessThanOrEqual(15);
});
