import { describe, expect, it } from 'vitest';
import { findDocument } from '../../../shared/project/find-document.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { memoryProjectionStore } from '../../../shared/testing/memory-projection-store.ts';
import { expectSameHoweverDelivered } from '../../../shared/testing/same-however-delivered.ts';
import { RatingChanged } from '../events.ts';
import { rating } from './rating.ts';

const history = (sku: string) => [
  RatingChanged.of({ sku, count: 1, sum: 5, distribution: [0, 0, 0, 0, 1], reviewId: `${sku}.ada` }),
  RatingChanged.of({ sku, count: 2, sum: 9, distribution: [0, 0, 0, 1, 1], reviewId: `${sku}.bob` }),
  RatingChanged.of({ sku, count: 3, sum: 11, distribution: [0, 1, 0, 1, 1], reviewId: `${sku}.eve` }),
];

describe('rating', () => {
  it('takes every event of a rating, so that a missing one shows', () => {
    expect(rating.complete).toBe(true);
  });

  it('is the average of all published reviews, and how many of each', async () => {
    const store = memoryProjectionStore();
    await projecting(rating, store).process(
      envelopesOf('SKU-1', history('SKU-1')).map((event) => ({ key: 'SKU-1', event })),
    );
    expect(await findDocument(store, rating, { group: 'SKU-1', item: 'SKU-1' })).toStrictEqual({
      sku: 'SKU-1',
      count: 3,
      average: 3.67,
      distribution: [0, 1, 0, 1, 1],
      updatedAt: '2026-03-01T12:00:00.002Z',
      sequence: 3,
    });
  });

  it('comes out the same however deliveries are mixed, repeated and batched', async () => {
    const streams = ['SKU-1', 'SKU-2'].map((sku) => envelopesOf(sku, history(sku)));
    await expectSameHoweverDelivered(rating, streams);
  });
});
