import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { PricePromotionStarted, PriceSet } from '../events.ts';
import { priceHistory } from './price-history.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

const history = (sku: string): NewEvent[] => [
  PriceSet.of({ sku, price: eur(500), basePrice: eur(500) }),
  PricePromotionStarted.of({ sku, promotionId: 'P-1', percent: 10 }),
  PriceSet.of({ sku, price: eur(450), basePrice: eur(500), promotionId: 'P-1' }),
  ...Array.from({ length: 9 }, (_, n) =>
    PriceSet.of({ sku, price: eur(n), basePrice: eur(n), scheduleId: `S-${n}` }),
  ),
];

/** As the consumer hands them on: those that the projection listens to. */
const streams = ['SKU-1', 'SKU-2'].map((sku) =>
  envelopesOf(sku, history(sku)).filter((event) => PriceSet.is(event)),
);

const folded = async () => {
  const store = memoryProjectionStore();
  await projecting(priceHistory, store).process(
    streams.flat().map((event) => ({ key: event.aggregateId, event })),
  );
  return store;
};

describe('the price history', () => {
  it('has every price of a SKU and since when, newest first', async () => {
    const options = { limit: 10, newestFirst: true };
    const { items, next } = await listDocuments(await folded(), priceHistory, 'SKU-1', options);
    expect(items.map(({ sequence }) => sequence)).toStrictEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
    expect(items[0]).toStrictEqual({
      sku: 'SKU-1',
      since: '2026-03-01T12:00:00.011Z',
      price: eur(8),
      basePrice: eur(8),
      scheduleId: 'S-8',
      sequence: 12,
    });
    const rest = await listDocuments(await folded(), priceHistory, 'SKU-1', { ...options, after: next });
    expect(rest.items).toMatchObject([{ price: eur(500), sequence: 1 }]);
  });

  it('comes out the same however deliveries are mixed, repeated and batched', () =>
    expectSameHoweverDelivered(priceHistory, streams));
});
