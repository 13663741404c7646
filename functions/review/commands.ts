import { z } from 'zod';
import { orderId, sku } from '../../shared/define/identifiers.ts';
import { reviewWordsSchema } from './events.ts';

/** SubmitReview. The customer is the order's: its id begins with theirs. */
export const submitReview = reviewWordsSchema.extend({ orderId, sku }).strict();
export type SubmitReview = z.infer<typeof submitReview>;

/** ModerateReview. Whoever rejects says why. */
export const moderateReview = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('publish') }),
  z.strictObject({ decision: z.literal('reject'), reason: z.string().trim().min(1).max(500) }),
]);
export type ModerateReview = z.infer<typeof moderateReview>;
