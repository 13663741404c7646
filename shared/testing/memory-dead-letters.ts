import type { DeadLetter, DeadLetters } from '../consume/dead-letters.ts';

export interface MemoryDeadLetters extends DeadLetters {
  /** What was parked, in order; parking the same record again changed nothing. */
  readonly letters: readonly DeadLetter[];
}

/** Dead letters in memory. */
export const memoryDeadLetters = (): MemoryDeadLetters => {
  const letters: DeadLetter[] = [];
  const isSame = (a: DeadLetter) => (b: DeadLetter) =>
    a.consumer === b.consumer && a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;
  return {
    letters,
    park: async (more) => {
      for (const letter of more) if (!letters.some(isSame(letter))) letters.push(letter);
    },
  };
};
