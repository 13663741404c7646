import type { Sealed } from '../../../shared/define/sealed.ts';
import { init, projection, when } from '../../../shared/project/projection.ts';
import { productOf, ReviewPublished, ReviewRejected, ReviewSubmitted } from '../events.ts';

export interface ReviewView {
  readonly reviewId: string;
  readonly sku: string;
  readonly customerId: string;
  readonly status: 'submitted' | 'published' | 'rejected';
  readonly stars: number;
  /** Title and text, sealed under the customer's key. */
  readonly words: Sealed;
  /** Why it was rejected. */
  readonly reason?: string;
  readonly submittedAt: string;
  readonly updatedAt: string;
  readonly sequence: number;
}

/** The reviews of a product, in the order of their ids: a page never shifts under a reader. */
export const reviews = projection<ReviewView>(
  'review.reviews',
  [
    init(ReviewSubmitted, ({ aggregateId, payload, occurredOn, sequence }) => ({
      reviewId: aggregateId,
      sku: payload.sku,
      customerId: payload.customerId,
      status: 'submitted',
      stars: payload.stars,
      words: payload.words,
      submittedAt: occurredOn,
      updatedAt: occurredOn,
      sequence,
    })),
    when(ReviewPublished, (doc, { occurredOn, sequence }) => ({
      ...doc,
      status: 'published',
      updatedAt: occurredOn,
      sequence,
    })),
    when(ReviewRejected, (doc, { payload: { reason }, occurredOn, sequence }) => ({
      ...doc,
      status: 'rejected',
      reason,
      updatedAt: occurredOn,
      sequence,
    })),
  ],
  ({ aggregateId }) => ({ group: productOf(aggregateId), item: aggregateId }),
);
