import { causeOf } from '../errors/cause-of.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { End } from './lanes.ts';
import type { KafkaRecord } from './record.ts';
import type { Task } from './task.ts';

/** Who sets a record aside. */
export interface Keeper {
  readonly consumer: string;
  readonly functionName: string;
}

/** The ends that leave a letter. */
export type Aside = Extract<End, { kind: 'given-up' | 'refused' | 'behind' }>;

/** The letter of a record that was given up, refused, or waits behind another. @param now when this ended */
export const letterOf = (keeper: Keeper, { record }: Task, end: Aside, now: Date): DeadLetter => ({
  ...keeper,
  topic: record.topic,
  partition: record.partition,
  offset: String(record.offset),
  timestamp: record.timestamp,
  key: record.key ?? null,
  value: record.value ?? null,
  headers: record.headers ?? [],
  ...(end.kind === 'behind'
    ? {
        cause: { name: 'HeldBack', code: 'behind', message: waitsBehind(end.first), stack: '' },
        attempts: 0,
        firstFailedAt: now.toISOString(),
      }
    : {
        cause: causeOf(end.error),
        attempts: end.attempts,
        firstFailedAt: new Date(end.firstFailedAt).toISOString(),
      }),
  lastFailedAt: now.toISOString(),
});

const waitsBehind = (first: KafkaRecord | undefined): string =>
  first
    ? `waits behind ${first.topic}-${first.partition}@${first.offset}, parked in the same batch`
    : 'waits behind what was parked for its key before';
