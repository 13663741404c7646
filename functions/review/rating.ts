import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { rating as definition, RatingChanged, type RatingEvent } from './events.ts';
import type { RateProduct } from './policies/rate-on-publish.ts';

/** The reviews that count, newest first, each state sharing the rest with the one before: folding stays linear. */
interface Counted {
  readonly reviewId: string;
  readonly earlier: Counted | undefined;
}

type Distribution = [number, number, number, number, number];

export interface RatingState {
  readonly count: number;
  readonly sum: number;
  readonly distribution: Readonly<Distribution>;
  readonly counted: Counted | undefined;
}

export const rating: Aggregate<RatingState, RatingEvent> = {
  definition,
  initial: { count: 0, sum: 0, distribution: [0, 0, 0, 0, 0], counted: undefined },
  evolve: ({ counted: earlier }, { payload: { count, sum, distribution, reviewId } }) => ({
    count,
    sum,
    distribution,
    counted: { reviewId, earlier },
  }),
};

const counts = ({ counted }: RatingState, reviewId: string): boolean => {
  for (let found = counted; found; found = found.earlier) if (found.reviewId === reviewId) return true;
  return false;
};

/** The composite event of one more published review (TOP-14, aggregation). A review counts once, however often it is published. */
export const rateProduct = (state: RatingState, { sku, reviewId, stars }: RateProduct): NewEvent[] => {
  if (counts(state, reviewId)) return [];
  const distribution: Distribution = [...state.distribution];
  distribution[stars - 1] = (distribution[stars - 1] ?? 0) + 1;
  return [RatingChanged.of({ sku, count: state.count + 1, sum: state.sum + stars, distribution, reviewId })];
};
