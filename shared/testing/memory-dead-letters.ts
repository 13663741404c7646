import type { DeadLetter, DeadLetters } from '../consume/dead-letters.ts';

export interface MemoryDeadLetters extends DeadLetters {
  /** What was parked, in order; parking the same record again changed nothing. */
  readonly letters: readonly DeadLetter[];
  /** What a rule of the business refused. */
  readonly refused: readonly DeadLetter[];
  /** Takes a key's letters out, oldest first, and lifts its hold: what a redrive that succeeds does. */
  take(consumer: string, key: string): readonly DeadLetter[];
}

const isSame = (a: DeadLetter) => (b: DeadLetter) =>
  a.consumer === b.consumer && a.topic === b.topic && a.partition === b.partition && a.offset === b.offset;

const add = (letters: DeadLetter[], more: readonly DeadLetter[]): void => {
  for (const letter of more) if (!letters.some(isSame(letter))) letters.push(letter);
};

/** Dead letters in memory, held to the same contract as those on DynamoDB. */
export const memoryDeadLetters = (): MemoryDeadLetters => {
  const letters: DeadLetter[] = [];
  const refused: DeadLetter[] = [];
  const holds = new Set<string>();
  const nameOf = (consumer: string, key: string | null): string => JSON.stringify([consumer, key]);
  return {
    letters,
    refused,
    heldKeys: async (consumer, keys) => new Set(keys.filter((key) => holds.has(nameOf(consumer, key)))),
    park: async (more) => {
      add(letters, more);
      for (const { consumer, key } of more) if (key !== null) holds.add(nameOf(consumer, key));
    },
    parkBehind: async (more) => {
      if (!more.every(({ consumer, key }) => holds.has(nameOf(consumer, key)))) return false;
      add(letters, more);
      return true;
    },
    keepRefused: async (more) => add(refused, more),
    take: (consumer, key) => {
      holds.delete(nameOf(consumer, key));
      const taken = letters.filter((letter) => letter.consumer === consumer && letter.key === key);
      for (const letter of taken) letters.splice(letters.indexOf(letter), 1);
      return taken;
    },
  };
};
