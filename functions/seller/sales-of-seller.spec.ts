import { describe, expect, it } from 'vitest';
import { uuidFrom } from '../../shared/define/clock.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { idWithinCustomer } from '../../shared/define/event.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { ProductCreated } from '../product/events.ts';
import { SaleBooked, SaleReversed } from './events.ts';
import { listings } from './projections/listings.ts';
import { skuSales } from './projections/sku-sales.ts';
import { salesOfSeller, salesQuery } from './sales-of-seller.ts';

const deliver = (event: EventEnvelope) => ({ key: event.aggregateId, event });

/** One sale on each day of February and March 2026, so that there is always more than was asked for. */
const days = Array.from({ length: 59 }, (_, i) => new Date(Date.UTC(2026, 1, 1 + i)).toISOString());

const listed = (sku: string, sellerId: string) =>
  envelopeOf(ProductCreated.of({ sku, sellerId, category: 'garden', name: sku, description: '' }), {
    aggregateId: sku,
  });

const soldDaily = (sku: string, amount: number) =>
  days.map((occurredOn, i) => {
    const orderId = `${sku}.00000000-0000-8000-8000-0000000000${String(i).padStart(2, '0')}`;
    const line = { orderId, sku, quantity: 1, amount: { amount, currency: 'EUR' } };
    return envelopeOf(SaleBooked.of(line), { aggregateId: orderId, sequence: 3, occurredOn });
  });

/** Orders of a customer with the longest id, which weigh the most. */
const soldOften = (sku: string, times: number, occurredOn: string) =>
  Array.from({ length: times }, (_, i) => {
    const orderId = idWithinCustomer('c'.repeat(40), uuidFrom(`${occurredOn}/${i}`));
    const line = { orderId, sku, quantity: 1, amount: { amount: 1, currency: 'EUR' } };
    return envelopeOf(SaleBooked.of(line), { aggregateId: orderId, sequence: 3, occurredOn });
  });

const shop = async () => {
  const store = memoryProjectionStore();
  const articles = [
    listed('bench', 'wood'),
    listed('chair', 'wood'),
    listed('lamp', 'wood'),
    listed('vase', 'glass'),
  ];
  await projecting(listings, store).process(articles.map(deliver));
  const back = envelopeOf(
    SaleReversed.of({
      orderId: 'chair.00000000-0000-8000-8000-000000000000',
      sku: 'chair',
      quantity: 1,
      amount: { amount: 10, currency: 'EUR' },
    }),
    {
      aggregateId: 'chair.00000000-0000-8000-8000-000000000000',
      sequence: 5,
      occurredOn: '2026-03-03T08:00:00.000Z',
    },
  );
  const sales = [...soldDaily('bench', 100), ...soldDaily('chair', 10), ...soldDaily('vase', 1), back];
  await projecting(skuSales, store).process(sales.map(deliver));
  return store;
};

const range = (from: string, to: string) => salesQuery.parse({ from, to });

describe("a seller's sales", () => {
  it('add up the days asked for, both included, over the articles of the seller only', async () => {
    const sales = await salesOfSeller(await shop(), 'wood', range('2026-03-01', '2026-03-05'));
    expect(sales).toEqual({
      sellerId: 'wood',
      from: '2026-03-01',
      to: '2026-03-05',
      totals: [{ currency: 'EUR', booked: 550, reversed: 10, net: 540, pieces: 9 }],
      skus: [
        { sku: 'bench', totals: [{ currency: 'EUR', booked: 500, reversed: 0, net: 500, pieces: 5 }] },
        { sku: 'chair', totals: [{ currency: 'EUR', booked: 50, reversed: 10, net: 40, pieces: 4 }] },
      ],
      next: undefined,
    });
  });

  it('are nothing where nothing was sold, and for a seller nobody knows', async () => {
    const store = await shop();
    const before = range('2025-01-01', '2025-01-31');
    expect(await salesOfSeller(store, 'wood', before)).toMatchObject({ totals: [], skus: [] });
    const march = range('2026-03-01', '2026-03-31');
    expect(await salesOfSeller(store, 'nobody', march)).toMatchObject({ totals: [], skus: [] });
  });

  it('add up every sale, also where a SKU has more of them than the store gives out at once', async () => {
    const store = memoryProjectionStore();
    await projecting(listings, store).process([deliver(listed('lamp', 'wood'))]);
    const sales = days.slice(0, 5).flatMap((day) => soldOften('lamp', 3_500, day));
    await projecting(skuSales, store).process(sales.map(deliver));
    expect(await salesOfSeller(store, 'wood', range('2026-02-01', '2026-02-04'))).toMatchObject({
      totals: [{ booked: 14_000, pieces: 14_000 }],
    });
  });

  it('come page by page for a seller of many articles', async () => {
    const store = memoryProjectionStore();
    const skus = Array.from({ length: 21 }, (_, i) => `sku-${String(i).padStart(3, '0')}`);
    await projecting(listings, store).process(skus.map((sku) => deliver(listed(sku, 'wood'))));
    await projecting(skuSales, store).process(skus.flatMap((sku) => soldDaily(sku, 1)).map(deliver));
    const first = await salesOfSeller(store, 'wood', range('2026-02-01', '2026-02-01'));
    expect(first).toMatchObject({ totals: [{ net: 20 }], next: 'sku-019' });
    const second = await salesOfSeller(store, 'wood', {
      ...range('2026-02-01', '2026-02-01'),
      after: first.next,
    });
    expect(second).toMatchObject({ totals: [{ net: 1 }], skus: [{ sku: 'sku-020' }], next: undefined });
  });
});

it.each([
  ['the end before the beginning', { from: '2026-03-02', to: '2026-03-01' }],
  ['more than 31 days', { from: '2026-03-01', to: '2026-04-01' }],
  ['what is no day', { from: '2026-02-30', to: '2026-03-01' }],
  ['one end only', { from: '2026-03-01' }],
  ['a field nobody knows', { from: '2026-03-01', to: '2026-03-01', limit: 3 }],
])('does not take %s', (_, query) => {
  expect(salesQuery.safeParse(query).success).toBe(false);
});

it('takes a single day, and 31', () => {
  expect(salesQuery.safeParse({ from: '2026-03-01', to: '2026-03-01' }).success).toBe(true);
  expect(salesQuery.safeParse({ from: '2026-03-01', to: '2026-03-31' }).success).toBe(true);
});
