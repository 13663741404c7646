import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../shared/define/event.ts';
import { projecting } from '../../shared/project/projecting.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { PricePromotionStarted, PriceSet } from './events.ts';
import { currentPrice } from './projections/current-price.ts';
import { quotePrices, quotePricesQuery } from './quote-prices.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

const store = async (streams: Readonly<Record<string, NewEvent[]>>) => {
  const views = memoryProjectionStore();
  const events = Object.entries(streams).flatMap(([sku, events]) => envelopesOf(sku, events));
  await projecting(currentPrice, views).process(events.map((event) => ({ key: event.aggregateId, event })));
  return views;
};

describe('a quote', () => {
  it('says what SKUs cost, by which promotion, in the order asked for, and which have no price', async () => {
    const views = await store({
      A: [PriceSet.of({ sku: 'A', price: eur(500), basePrice: eur(500) })],
      B: [
        PricePromotionStarted.of({ sku: 'B', promotionId: 'P-1', percent: 10 }),
        PriceSet.of({ sku: 'B', price: eur(90), basePrice: eur(100), promotionId: 'P-1' }),
      ],
      C: [PricePromotionStarted.of({ sku: 'C', promotionId: 'P-1', percent: 10 })],
    });
    const quotes = await quotePrices(views, ['D', 'B', 'C', 'A']);
    expect(JSON.parse(JSON.stringify(quotes))).toStrictEqual({
      prices: [
        { sku: 'B', price: eur(90), basePrice: eur(100), promotionId: 'P-1' },
        { sku: 'A', price: eur(500), basePrice: eur(500) },
      ],
      unknown: ['D', 'C'],
    });
  });
});

describe('what a quote asks for', () => {
  it('is 1 to 50 SKUs, each once', () => {
    const fifty = Array.from({ length: 50 }, (_, n) => `${'x'.repeat(37)}-${String(n).padStart(2, '0')}`);
    expect(quotePricesQuery.parse({ skus: 'A,B,A' })).toStrictEqual({ skus: ['A', 'B'] });
    expect(quotePricesQuery.parse({ skus: fifty.join(',') }).skus).toStrictEqual(fifty);
  });

  it.each([
    ['nothing', {}],
    ['an empty text', { skus: '' }],
    ['a gap', { skus: 'A,,B' }],
    ['what is no SKU', { skus: 'A;B' }],
    ['fifty-one of them', { skus: Array.from({ length: 51 }, (_, n) => `A${n}`).join(',') }],
    ['another field', { skus: 'A', currency: 'EUR' }],
  ])('is not %s', (_, query) => {
    expect(quotePricesQuery.safeParse(query).success).toBe(false);
  });
});
