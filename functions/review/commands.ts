import { z } from 'zod';
import { orderId, sku } from '../../shared/define/identifiers.ts';
import { stars } from './events.ts';

/** What a customer says, as they wrote it: text, never markup. */
export const reviewWordsSchema = z.object({
  title: z.string().trim().min(1).max(120),
  text: z.string().trim().max(4_000),
});
export type ReviewWords = z.infer<typeof reviewWordsSchema>;

/** What can be sealed (`shared/protect/vault.ts`), less some room: 4 000 letters of Latin script, 1 800 of Han. */
const MAX_WORDS_BYTES = 5_800;

/** SubmitReview. The customer is the order's: its id begins with theirs. */
export const submitReview = z
  .strictObject({ orderId, sku, stars, ...reviewWordsSchema.shape })
  .superRefine(({ title, text }, context) => {
    if (Buffer.byteLength(JSON.stringify({ title, text })) > MAX_WORDS_BYTES)
      context.addIssue({
        code: 'custom',
        path: ['text'],
        message: `must be at most ${MAX_WORDS_BYTES} bytes of JSON in UTF-8, with its title`,
      });
  });
export type SubmitReview = z.infer<typeof submitReview>;

/** The sequence of the submission that the moderator has read: nobody decides on words that they have not seen. */
const sequence = z.int().min(1);

/** ModerateReview. Whoever rejects says why. */
export const moderateReview = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('publish'), sequence }),
  z.strictObject({ decision: z.literal('reject'), sequence, reason: z.string().trim().min(1).max(500) }),
]);
export type ModerateReview = z.infer<typeof moderateReview>;
