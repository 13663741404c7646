import { expect, it } from 'vitest';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { deliveryOf } from '../../../shared/testing/msk-event.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { product, ProductChanged, ProductCreated, ProductDiscontinued } from '../../product/events.ts';
import { listings } from './listings.ts';

const article = (sku: string, sellerId: string, discontinued = false) => {
  const identity = { sku, category: 'garden-chairs', sellerId };
  const events = [
    ProductCreated.of({ ...identity, name: 'Chair', description: '' }),
    ProductChanged.of({ ...identity, name: 'Garden chair', description: 'Of oak' }),
  ];
  const ended = ProductDiscontinued.of({ ...identity, reason: 'sold out' });
  return envelopesOf(sku, discontinued ? [...events, ended] : events);
};

const streams = [article('chair', 'wood'), article('bench', 'wood', true), article('vase', 'glass')];
const inOrder = streams.flat().map((event) => deliveryOf(product, event));

it("lists a seller's articles, also those that are sold no more", async () => {
  const store = memoryProjectionStore();
  await projecting(listings, store).process(inOrder);
  const { items } = await listDocuments(store, listings, 'wood', { limit: 10 });
  expect(items).toEqual([
    { sku: 'bench', category: 'garden-chairs', onSale: false, updatedAt: '2026-03-01T12:00:00.002Z' },
    { sku: 'chair', category: 'garden-chairs', onSale: true, updatedAt: '2026-03-01T12:00:00.001Z' },
  ]);
});

it('comes to the same listings however the events are delivered', () =>
  expectSameHoweverDelivered(listings, streams));
