import { chooses } from './letter-filter.ts';
import { isRedrivable, laneOf, type Letter } from './letter.ts';
import type { LetterTable } from './letter-table.ts';
import { headFinder } from './queue-order.ts';
import { findLetter, standingLetters } from './read-letters.ts';
import { nameOf, type RedriveKey, type Selection } from './redrive-job.ts';

/** A key that a selection takes, and the first of its letters. */
export interface SelectedKey {
  readonly key: RedriveKey;
  readonly head: Letter;
}

/** A letter without a key is a queue of its own. */
const keyOf = ({ consumerKey, position, key }: Letter): RedriveKey =>
  key === null ? { consumerKey, position } : { consumerKey };

/**
 * The keys that a selection takes, in the order in which they are taken: those whose first letter it chooses,
 * since what stands behind another can only be redriven behind it.
 * @param asOf what ages are counted from
 * @param after name of the key to go on behind
 */
export const selectKeys = async (
  table: LetterTable,
  selection: Selection,
  asOf: Date,
  after = '',
): Promise<readonly SelectedKey[]> => {
  if (selection.letter !== undefined) {
    const letter = await findLetter(table, selection.letter);
    if (!letter || !isRedrivable(letter)) return [];
    const key = { consumerKey: letter.consumerKey, position: letter.position };
    return nameOf(key) > after ? [{ key, head: letter }] : [];
  }
  const filter = selection.filter ?? {};
  const { consumer } = filter;
  const lanes = new Map<string, ReturnType<typeof headFinder<Letter>>>();
  // All that is parked, not only what is chosen: the first letter of a key may be another.
  for await (const { letters } of standingLetters(table, consumer === undefined ? {} : { consumer })) {
    for (const letter of letters.filter(isRedrivable)) {
      const lane = lanes.get(laneOf(letter)) ?? headFinder<Letter>();
      lane.add(letter);
      lanes.set(laneOf(letter), lane);
    }
  }
  const isChosen = chooses(filter, asOf);
  return [...lanes.values()]
    .flatMap((lane) => lane.head() ?? [])
    .filter(isChosen)
    .map((head): SelectedKey => ({ key: keyOf(head), head }))
    .filter(({ key }) => nameOf(key) > after)
    .sort((a, b) => (nameOf(a.key) < nameOf(b.key) ? -1 : 1));
};
