import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId, orderId, sku } from '../../shared/define/identifiers.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** What one customer says of one product: its id is `<sku>.<customerId>`, so there is one for each of the two. */
export const review = defineAggregate('review', 'review');

/** The rating of a product, made up of its published reviews (TOP-14, aggregation): its id is the SKU. */
export const rating = defineAggregate('review', 'rating');

export const reviewId = (product: string, customer: string): string => `${product}.${customer}`;

/** The product's part of such an id. */
export const productOf = (id: string): string => id.split('.', 1)[0] ?? id;

export const stars = z.int().min(1).max(5);
const about = { sku, customerId };

export const ReviewSubmitted = review.event(
  'ReviewSubmittedEvent',
  z.object({
    ...about,
    /** The completed order in which the customer bought it. */
    orderId,
    stars,
    /** Title and text: whoever writes may say who they are, so they go when the customer goes (ADR 16). */
    words: sealedSchema,
  }),
  { version: 1 },
);

export const ReviewPublished = review.event('ReviewPublishedEvent', z.object({ ...about, stars }), {
  version: 1,
});

export const ReviewRejected = review.event(
  'ReviewRejectedEvent',
  z.object({ ...about, reason: z.string().min(1).max(500) }),
  { version: 1 },
);

/** A product's rating after one more published review: how many, their stars added up, and how many of each. */
export const RatingChanged = rating.event(
  'RatingChangedEvent',
  z.object({
    sku,
    count: z.int().min(1),
    sum: z.int().min(1),
    /** How many reviews gave 1, 2, 3, 4 and 5 stars. */
    distribution: z.tuple([z.int(), z.int(), z.int(), z.int(), z.int()]),
    /** The review that made the difference. */
    reviewId: z.string().min(1).max(200),
  }),
  { version: 1 },
);

export type ReviewEvent = EventOf<typeof ReviewSubmitted | typeof ReviewPublished | typeof ReviewRejected>;
export type RatingEvent = EventOf<typeof RatingChanged>;
