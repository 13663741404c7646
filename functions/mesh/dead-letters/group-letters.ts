import { causeGroups, type CauseGroup } from './cause-groups.ts';
import type { LetterFilter } from './letter-filter.ts';
import type { LetterTable } from './letter-table.ts';
import { standingLetters } from './read-letters.ts';

/** An answer must come within a gateway's half minute. */
const MAX_LETTERS = 50_000;

/** Groups of what is not settled, by cause. `complete` is false when there were too many to count all. */
export const groupLetters = async (
  table: LetterTable,
  filter: LetterFilter,
): Promise<{
  readonly groups: readonly CauseGroup[];
  readonly letters: number;
  readonly complete: boolean;
}> => {
  const { add, groups } = causeGroups();
  let count = 0;
  for await (const { letters, more } of standingLetters(table, filter)) {
    for (const letter of letters) add(letter);
    count += letters.length;
    if (more && count >= MAX_LETTERS) return { groups: groups(), letters: count, complete: false };
  }
  return { groups: groups(), letters: count, complete: true };
};
