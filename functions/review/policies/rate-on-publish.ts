import { on, policy } from '../../../shared/consume/policy.ts';
import { ReviewPublished } from '../events.ts';

export interface RateProduct {
  readonly sku: string;
  readonly reviewId: string;
  /** 1 to 5. */
  readonly stars: number;
}

/** Whenever a review is published, it counts for its product's rating. */
export const rateOnPublish = policy<RateProduct>('review.rate-on-publish', [
  on(ReviewPublished, ({ aggregateId: reviewId, payload: { sku, stars } }) => ({ sku, reviewId, stars })),
]);
