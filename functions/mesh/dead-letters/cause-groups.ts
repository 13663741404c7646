import type { Letter } from './letter.ts';

/** Letters that were set aside for the same reason. */
export interface CauseGroup {
  readonly consumer: string;
  readonly code: string;
  /** The message without what differs from record to record. */
  readonly message: string;
  readonly count: number;
  /** When the first and the last of them were set aside. */
  readonly oldest: string;
  readonly newest: string;
  /** One of them, the oldest. */
  readonly sample: string;
}

/** Ids, numbers and quoted texts, from the most particular to the least. */
const PARTICULARS: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '<time>'],
  [/\b[0-9a-f]{16,}\b/gi, '<hex>'],
  [/"[^"]*"|'[^']*'/g, '<text>'],
  [/\d+/g, '<n>'],
];

/** A message without what differs from record to record, so that equal causes read equal. */
export const normalisedMessage = (message: string): string =>
  PARTICULARS.reduce((text, [pattern, name]) => text.replaceAll(pattern, name), message);

/** Groups letters by consumer and cause, the largest group first. */
export const causeGroups = (): {
  readonly add: (letter: Letter) => void;
  readonly groups: () => CauseGroup[];
} => {
  const found = new Map<string, CauseGroup>();
  return {
    add: ({ consumer, cause, parkedAt, letterId }) => {
      const message = normalisedMessage(cause.message);
      const name = JSON.stringify([consumer, cause.code, message]);
      const group = found.get(name);
      const isOldest = !group || parkedAt < group.oldest;
      found.set(name, {
        consumer,
        code: cause.code,
        message,
        count: (group?.count ?? 0) + 1,
        oldest: isOldest ? parkedAt : group.oldest,
        newest: group && group.newest > parkedAt ? group.newest : parkedAt,
        sample: isOldest ? letterId : group.sample,
      });
    },
    groups: () => [...found.values()].sort((a, b) => b.count - a.count || (a.oldest < b.oldest ? -1 : 1)),
  };
};
