import { parse } from '../../shared/define/parse.ts';
import type { Vault } from '../../shared/protect/vault.ts';
import { reviewWordsSchema, type ReviewWords } from './commands.ts';
import type { ReviewView } from './projections/reviews.ts';

/** A review as its reader may see it. */
export type ShownReview = Omit<ReviewView, 'words'> & {
  /** As the customer wrote them: text, to be escaped by whoever shows it. `null` when the customer was erased. */
  readonly [Word in keyof ReviewWords]: string | null;
};

/** Opens a review's words. What it gave in stars stays when the customer, and with them the words, is gone. */
export const showReview = async (
  vault: Pick<Vault, 'open'>,
  { words, ...review }: ReviewView,
): Promise<ShownReview> => {
  const opened = await vault.open(review.customerId, words);
  return opened === undefined
    ? { ...review, title: null, text: null }
    : { ...review, ...parse(reviewWordsSchema, opened, 'opened review') };
};
