import { init, projection } from '../../../shared/project/projection.ts';
import { RatingChanged } from '../events.ts';

export interface RatingView {
  readonly sku: string;
  readonly count: number;
  /** Of the stars, to two decimal places. */
  readonly average: number;
  /** How many reviews gave 1, 2, 3, 4 and 5 stars. */
  readonly distribution: readonly number[];
  readonly updatedAt: string;
}

/** A product's rating: each event of it says all there is to know. */
export const rating = projection<RatingView>('review.rating', [
  init(RatingChanged, ({ payload: { sku, count, sum, distribution }, occurredOn }) => ({
    sku,
    count,
    average: Math.round((100 * sum) / count) / 100,
    distribution,
    updatedAt: occurredOn,
  })),
]);
