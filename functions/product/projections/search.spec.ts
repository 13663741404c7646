import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopeOf, envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { PriceSet } from '../../pricing/events.ts';
import { ProductChanged, ProductCreated, ProductDiscontinued } from '../events.ts';
import { search } from './search.ts';

const history = (sku: string, category: string): NewEvent[] => {
  const article = { sku, category, sellerId: 'S-1' };
  return [
    ProductCreated.of({ ...article, name: 'Sencha', description: 'Green tea' }),
    ProductChanged.of({ ...article, name: 'Sencha', description: 'Green tea from Uji, green' }),
    ProductDiscontinued.of({ ...article, reason: 'sold out' }),
  ];
};

const entries = async (streams: readonly (readonly [string, readonly NewEvent[]])[], category: string) => {
  const store = memoryProjectionStore();
  const events = streams.flatMap(([sku, events]) => envelopesOf(sku, events));
  await projecting(search, store).process(events.map((event) => ({ key: event.aggregateId, event })));
  return (await listDocuments(store, search, category, { limit: 10 })).items;
};

describe('the search view', () => {
  it("lists a category's products with the words of their last details", async () => {
    const streams = [
      ['SKU-2', history('SKU-2', 'tea').slice(0, 2)],
      ['SKU-1', history('SKU-1', 'tea').slice(0, 1)],
      ['SKU-3', history('SKU-3', 'coffee').slice(0, 1)],
    ] as const;
    const listed = { category: 'tea', sellerId: 'S-1', name: 'Sencha', status: 'listed' };
    expect(await entries(streams, 'tea')).toStrictEqual([
      { ...listed, sku: 'SKU-1', words: ['SENCHA', 'GREEN', 'TEA'] },
      { ...listed, sku: 'SKU-2', words: ['SENCHA', 'GREEN', 'TEA', 'FROM', 'UJI'] },
    ]);
  });

  it('takes the words from a product that is sold no more', async () => {
    const [entry] = await entries([['SKU-1', history('SKU-1', 'tea')]], 'tea');
    expect(entry).toMatchObject({ sku: 'SKU-1', name: 'Sencha', words: [], status: 'discontinued' });
  });

  it('has no document for an event of something else', () => {
    const money = { amount: 1, currency: 'EUR' };
    const event = envelopeOf(PriceSet.of({ sku: 'SKU-1', price: money, basePrice: money }));
    expect(() => search.keyOf(event)).toThrow(expect.objectContaining({ code: 'no-document' }));
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = [
      envelopesOf('SKU-1', history('SKU-1', 'tea')),
      envelopesOf('SKU-2', history('SKU-2', 'tea').slice(0, 2)),
      envelopesOf('SKU-3', history('SKU-3', 'coffee')),
    ];
    await expectSameHoweverDelivered(search, streams);
  });
});
