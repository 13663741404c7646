import { z } from 'zod';

/** Leaves room for what an event, which holds 500, puts before it. */
const MAX_REASON = 450;

/**
 * Why a saga takes a step back, in the input of a compensation. It is never refused for its form, since the saga would be
 * stuck for a word: what is long is cut, what is blank or no text is replaced.
 */
export const compensationReason = z
  .string()
  .trim()
  .min(1)
  .transform((text) => text.slice(0, MAX_REASON))
  .catch('taken-back');
