import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headFinder, inQueueOrder } from './queue-order.ts';

const placed = (topic: string, offset: number, parkedAt: string, partition = 0) => ({
  topic,
  partition,
  position: `${topic}|${partition}|${String(offset).padStart(20, '0')}`,
  parkedAt,
  timestamp: offset,
});
const names = (letters: readonly ReturnType<typeof placed>[]): string[] =>
  letters.map(({ topic, timestamp }) => `${topic}@${timestamp}`);

describe('the queue of a key', () => {
  it('goes by offset within a partition, whenever its letters were parked', () => {
    const letters = [placed('a', 10, '2'), placed('a', 9, '3'), placed('a', 100, '1')];
    expect(names(inQueueOrder(letters))).toEqual(['a@9', 'a@10', 'a@100']);
  });

  it('merges topics by when the first of each was parked', () => {
    const letters = [placed('a', 1, '1'), placed('a', 2, '4'), placed('b', 1, '2'), placed('b', 2, '3')];
    expect(names(inQueueOrder(letters))).toEqual(['a@1', 'b@1', 'b@2', 'a@2']);
  });

  it('never puts a letter before another of its partition, and has all of them', () => {
    const letter = fc
      .record({
        topic: fc.constantFrom('a', 'b'),
        partition: fc.nat(1),
        offset: fc.nat(30),
        parkedAt: fc.constantFrom('1', '2', '3'),
      })
      .map(({ topic, offset, parkedAt, partition }) => placed(topic, offset, parkedAt, partition));
    const letters = fc.uniqueArray(letter, { selector: ({ position }) => position, maxLength: 20 });
    fc.assert(
      fc.property(letters, (some) => {
        const queue = inQueueOrder(some);
        expect(new Set(queue)).toEqual(new Set(some));
        for (const ofPartition of Map.groupBy(
          queue,
          ({ topic, partition }) => `${topic}${partition}`,
        ).values())
          expect(ofPartition.map(({ position }) => position)).toEqual(
            ofPartition.map(({ position }) => position).toSorted(),
          );
        const finder = headFinder<ReturnType<typeof placed>>();
        for (const each of some) finder.add(each);
        expect(finder.head()).toBe(queue[0]);
      }),
    );
  });
});
