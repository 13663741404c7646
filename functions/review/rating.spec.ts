import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { given } from '../../shared/testing/given.ts';
import { RatingChanged, reviewId } from './events.ts';
import { rateProduct, rating } from './rating.ts';

const sku = 'SKU-1';
const of = (customer: string, stars: number) => ({ sku, reviewId: reviewId(sku, customer), stars });
const first = RatingChanged.of({
  sku,
  count: 1,
  sum: 4,
  distribution: [0, 0, 0, 1, 0],
  reviewId: 'SKU-1.ada',
});

describe('the rating of a product', () => {
  it('begins with its first published review', () => {
    given(rating)
      .when((state) => rateProduct(state, of('ada', 4)))
      .then([first]);
  });

  it('adds up with each other one', () => {
    given(rating, [first])
      .when((state) => rateProduct(state, of('bob', 1)))
      .then([
        RatingChanged.of({ sku, count: 2, sum: 5, distribution: [1, 0, 0, 1, 0], reviewId: 'SKU-1.bob' }),
      ]);
  });

  it('counts a review once, also when it is published again with other stars', () => {
    given(rating, [first])
      .when((state) => rateProduct(state, of('ada', 1)))
      .then([]);
  });

  it('folds in one step a review, however many there are', { timeout: 60_000 }, () => {
    const reviews = 50_000;
    const changed = function* () {
      for (let n = 1; n <= reviews; n += 1) {
        const change = { sku, count: n, sum: 5 * n, distribution: [0, 0, 0, 0, n], reviewId: `SKU-1.c-${n}` };
        yield envelopeOf(RatingChanged.of(RatingChanged.schema.parse(change)), {
          aggregateId: sku,
          sequence: n,
        });
      }
    };
    const state = fold(rating, changed());
    expect(state).toMatchObject({ count: reviews, sum: 5 * reviews });
    expect(rateProduct(state, of('c-1', 5))).toEqual([]);
  });
});
