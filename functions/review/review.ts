import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { Sealed } from '../../shared/define/sealed.ts';
import type { ModerateReview, SubmitReview } from './commands.ts';
import {
  review as definition,
  ReviewPublished,
  ReviewRejected,
  ReviewSubmitted,
  type ReviewEvent,
} from './events.ts';
import type { Purchase } from './projections/purchases.ts';

interface Rated {
  readonly sku: string;
  readonly customerId: string;
  readonly stars: number;
  /** The sequence of the submission that is decided on. */
  readonly submission: number;
}

/** A review's life: none → submitted → published, or rejected, from where it may be submitted again. */
export type ReviewState =
  { readonly status: 'none' } | ({ readonly status: 'submitted' | 'published' | 'rejected' } & Rated);

export const review: Aggregate<ReviewState, ReviewEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'ReviewSubmittedEvent': {
        const { sku, customerId, stars } = event.payload;
        return { status: 'submitted', sku, customerId, stars, submission: event.sequence };
      }
      case 'ReviewPublishedEvent':
        return state.status === 'none' ? state : { ...state, status: 'published' };
      case 'ReviewRejectedEvent':
        return state.status === 'none' ? state : { ...state, status: 'rejected' };
    }
  },
};

/** Only who bought a product reviews it: the purchase must be complete and have the SKU. */
export function assertVerified(
  purchase: Purchase | undefined,
  { orderId, sku }: Pick<SubmitReview, 'orderId' | 'sku'>,
): asserts purchase is Purchase {
  if (purchase?.status !== 'completed' || !purchase.skus.includes(sku)) {
    throw new BusinessError('not-verified', `no completed order ${orderId} with ${sku} is known`);
  }
}

/** A submission with its words sealed under the customer's key. */
type Submission = Omit<SubmitReview, 'title' | 'text'> & { readonly words: Sealed };

/**
 * A customer's one review of a product.
 * @param purchase what is known of the order; undefined where nothing is
 * @throws BusinessError `not-verified`, `review-exists`
 */
export const submitReview = (
  state: ReviewState,
  purchase: Purchase | undefined,
  { orderId, sku, stars, words }: Submission,
): NewEvent[] => {
  assertVerified(purchase, { orderId, sku });
  if (state.status === 'submitted' || state.status === 'published') {
    throw new BusinessError('review-exists', `the customer's review of ${sku} is ${state.status} already`);
  }
  return [ReviewSubmitted.of({ sku, customerId: purchase.customerId, orderId, stars, words })];
};

/**
 * What a moderator decides stands; deciding the same again changes nothing.
 * @throws BusinessError `review-unknown`, `review-changed` where another submission came since, `review-state`
 */
export const moderateReview = (state: ReviewState, moderation: ModerateReview): NewEvent[] => {
  if (state.status === 'none')
    throw new BusinessError('review-unknown', 'there is no such review', 'not-found');
  if (state.submission !== moderation.sequence)
    throw new BusinessError(
      'review-changed',
      `what waits or was decided on is the submission of sequence ${state.submission}`,
    );
  const wish = moderation.decision === 'publish' ? 'published' : 'rejected';
  if (state.status === wish) return [];
  if (state.status !== 'submitted')
    throw new BusinessError('review-state', `a ${state.status} review cannot be ${wish}`);
  const { sku, customerId, stars } = state;
  return moderation.decision === 'publish'
    ? [ReviewPublished.of({ sku, customerId, stars })]
    : [ReviewRejected.of({ sku, customerId, reason: moderation.reason })];
};
