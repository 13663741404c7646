import type { Letter } from './letter.ts';

type Placed = Pick<Letter, 'topic' | 'partition' | 'position' | 'parkedAt' | 'timestamp'>;

const partitionOf = ({ topic, partition }: Placed): string => `${topic}|${partition}`;

/** Which of two letters at the heads of their partitions is first. */
const isBefore = (a: Placed, b: Placed): boolean =>
  a.parkedAt !== b.parkedAt
    ? a.parkedAt < b.parkedAt
    : a.timestamp !== b.timestamp
      ? a.timestamp < b.timestamp
      : a.position < b.position;

const firstOf = <T extends Placed>(heads: readonly T[]): T | undefined =>
  heads.reduce<T | undefined>((first, head) => (first && !isBefore(head, first) ? first : head), undefined);

/**
 * The order in which a key's letters are redriven: within a topic-partition by offset, across partitions by when
 * the letters that have become the first of theirs were parked.
 */
export const inQueueOrder = <T extends Placed>(letters: readonly T[]): T[] => {
  const partitions = [...Map.groupBy(letters, partitionOf).values()].map((some) =>
    some.toSorted((a, b) => (a.position < b.position ? -1 : 1)),
  );
  const next = partitions.map(() => 0);
  const queue: T[] = [];
  for (let i = 0; i < letters.length; i += 1) {
    const heads = partitions.flatMap((some, p) => some[next[p] ?? 0] ?? []);
    const first = firstOf(heads);
    if (!first) break;
    queue.push(first);
    const from = partitions.findIndex((some, p) => some[next[p] ?? 0] === first);
    next[from] = (next[from] ?? 0) + 1;
  }
  return queue;
};

/** Finds the head of a queue letter by letter, keeping no more than one letter a topic-partition. */
export const headFinder = <T extends Placed>(): { add(letter: T): void; head(): T | undefined } => {
  const heads = new Map<string, T>();
  return {
    add: (letter) => {
      const known = heads.get(partitionOf(letter));
      if (!known || letter.position < known.position) heads.set(partitionOf(letter), letter);
    },
    head: () => firstOf([...heads.values()]),
  };
};
