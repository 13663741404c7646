import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../../shared/define/event.ts';
import { findDocument, listDocuments } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { review, reviewId, ReviewPublished, ReviewRejected, ReviewSubmitted } from '../events.ts';
import { reviews } from './reviews.ts';

const sku = 'SKU-1';
const words = sealedForTest('Sturdy');
const submitted = (customerId: string, stars: number) =>
  ReviewSubmitted.of({
    sku,
    customerId,
    orderId: `${customerId}.00000000-0000-8000-8000-000000000001`,
    stars,
    words,
  });
const rejected = (customerId: string) => ReviewRejected.of({ sku, customerId, reason: 'shouts' });
const published = (customerId: string, stars: number) => ReviewPublished.of({ sku, customerId, stars });

const streamOf = (customerId: string, ...events: NewEvent[]) =>
  envelopesOf(reviewId(sku, customerId), events);

const folded = async (...streams: ReturnType<typeof streamOf>[]) => {
  const store = memoryProjectionStore();
  await projecting(reviews, store).process(
    streams.flat().map((event) => ({ key: event.aggregateId, event })),
  );
  return store;
};

describe('reviews', () => {
  it('takes every event of a review', () => {
    expect(new Set(reviews.listens.map(({ type }) => type))).toEqual(new Set(review.events.keys()));
  });

  it('keeps the words as they are sealed', async () => {
    const store = await folded(streamOf('ada', submitted('ada', 4), published('ada', 4)));
    expect(await findDocument(store, reviews, { group: sku, item: 'SKU-1.ada' })).toStrictEqual({
      reviewId: 'SKU-1.ada',
      sku,
      customerId: 'ada',
      status: 'published',
      stars: 4,
      words,
      submittedAt: '2026-03-01T12:00:00.000Z',
      updatedAt: '2026-03-01T12:00:00.001Z',
      sequence: 2,
    });
  });

  it('says why one was rejected, until it is submitted again', async () => {
    const no = [submitted('ada', 4), rejected('ada')];
    const key = { group: sku, item: 'SKU-1.ada' };
    expect(await findDocument(await folded(streamOf('ada', ...no)), reviews, key)).toMatchObject({
      status: 'rejected',
      reason: 'shouts',
    });
    const again = await findDocument(await folded(streamOf('ada', ...no, submitted('ada', 3))), reviews, key);
    expect(again).toMatchObject({ status: 'submitted', stars: 3, sequence: 3 });
    expect(again).not.toHaveProperty('reason');
  });

  it("lists a product's reviews together", async () => {
    const store = await folded(streamOf('bob', submitted('bob', 1)), streamOf('ada', submitted('ada', 5)));
    const { items } = await listDocuments(store, reviews, sku, { limit: 10 });
    expect(items.map(({ customerId }) => customerId)).toEqual(['ada', 'bob']);
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = [
      streamOf('ada', submitted('ada', 4), rejected('ada'), submitted('ada', 3), published('ada', 3)),
      streamOf('bob', submitted('bob', 5), published('bob', 5)),
      streamOf('eve', submitted('eve', 1), rejected('eve')),
    ];
    await expectSameHoweverDelivered(reviews, streams);
  });
});
