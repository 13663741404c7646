import { describe, expect, it } from 'vitest';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { NewEvent } from '../../../shared/define/event.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { InventoryReleased, InventoryReserved, StockReceived } from '../../inventory/events.ts';
import { PriceSet } from '../../pricing/events.ts';
import { RatingChanged } from '../../review/events.ts';
import { ProductChanged, ProductCreated, ProductDiscontinued } from '../events.ts';
import { findPage } from '../find-page.ts';
import { cataloguePage } from './catalogue-page.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const orderId = 'C-1.00000000-0000-8000-8000-000000000001';

const article = (sku: string) => ({ sku, category: 'tea', sellerId: 'S-1' });
const created = (sku: string) =>
  ProductCreated.of({ ...article(sku), name: 'Sencha', description: 'Green tea' });

/** What each of the four aggregates of a SKU says. */
const parts = (sku: string): NewEvent[][] => [
  [
    created(sku),
    ProductChanged.of({ ...article(sku), name: 'Sencha', description: 'Green tea from Uji' }),
    ProductDiscontinued.of({ ...article(sku), reason: 'sold out' }),
  ],
  [
    PriceSet.of({ sku, price: eur(900), basePrice: eur(1_000), promotionId: 'P-1' }),
    PriceSet.of({ sku, price: eur(1_000), basePrice: eur(1_000) }),
  ],
  [
    StockReceived.of({ sku, quantity: 10 }),
    InventoryReserved.of({ sku, orderId, quantity: 4 }),
    InventoryReleased.of({ sku, orderId, quantity: 1, reason: 'cancelled' }),
    InventoryReleased.of({ sku, orderId, quantity: 0, reason: 'a fence' }),
  ],
  [
    RatingChanged.of({ sku, count: 1, sum: 5, distribution: [0, 0, 0, 0, 1], reviewId: `${sku}.C-1` }),
    RatingChanged.of({ sku, count: 3, sum: 14, distribution: [0, 0, 0, 1, 2], reviewId: `${sku}.C-2` }),
  ],
];

const folded = async (sku: string, streams: readonly (readonly NewEvent[])[]) => {
  const store = memoryProjectionStore();
  const events = streams.flatMap((events) => envelopesOf(sku, events));
  await projecting(cataloguePage, store).process(events.map((event) => ({ key: sku, event })));
  return findPage(store, sku);
};

describe('a catalogue page', () => {
  it('joins product, price, stock and rating', async () => {
    expect(await folded('SKU-1', parts('SKU-1'))).toStrictEqual({
      sku: 'SKU-1',
      status: 'discontinued',
      category: 'tea',
      sellerId: 'S-1',
      name: 'Sencha',
      description: 'Green tea from Uji',
      price: eur(1_000),
      basePrice: eur(1_000),
      stock: { available: 7 },
      rating: { average: 4.67, count: 3 },
      sequence: 3,
    });
  });

  it('leaves out what nobody has told of yet', async () => {
    expect(await folded('SKU-1', [[created('SKU-1')]])).toStrictEqual({
      sku: 'SKU-1',
      status: 'listed',
      category: 'tea',
      sellerId: 'S-1',
      name: 'Sencha',
      description: 'Green tea',
      sequence: 1,
    });
  });

  it('names the promotion that made the price, as long as it does', async () => {
    const [product = [], price = []] = parts('SKU-1');
    expect(await folded('SKU-1', [product, price.slice(0, 1)])).toMatchObject({
      price: eur(900),
      basePrice: eur(1_000),
      promotionId: 'P-1',
    });
    expect(await folded('SKU-1', [product, price])).not.toHaveProperty('promotionId');
  });

  it('is not found for a SKU that has no product yet, and has the other parts once it has', async () => {
    const [, ...others] = parts('SKU-1');
    expect(await folded('SKU-1', others)).toBeUndefined();
    expect(await folded('SKU-1', [...others, [created('SKU-1')]])).toMatchObject({
      name: 'Sencha',
      price: eur(1_000),
      stock: { available: 7 },
      rating: { average: 4.67, count: 3 },
    });
  });

  it('comes out the same whichever topic is ahead, and however deliveries are repeated and batched', async () => {
    const streams: EventEnvelope[][] = ['SKU-1', 'SKU-2'].flatMap((sku) =>
      parts(sku).map((events) => envelopesOf(sku, events)),
    );
    await expectSameHoweverDelivered(cataloguePage, streams);
  });
});
