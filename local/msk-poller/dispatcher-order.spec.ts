import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SendDiscarded } from './discarder.ts';
import { failedItems, OK, startDispatcher, THROTTLED, THROWN } from './testing/start-dispatcher.ts';

const PARTITIONS = 3;
const RECORDS = 12;

interface Schedule {
  readonly poison: readonly string[];
  readonly bisect: boolean;
  readonly attempts: number;
  readonly batchSize: number;
  readonly partial: boolean;
  /** Which calls are throttled, and which deliveries to the destination fail. */
  readonly throttled: readonly boolean[];
  readonly brokenDestination: readonly boolean[];
}

const schedules = fc.record<Schedule>({
  poison: fc.uniqueArray(
    fc
      .tuple(fc.nat(PARTITIONS - 1), fc.nat(RECORDS - 1))
      .map(([partition, offset]) => `t-${partition}:${offset}`),
    { maxLength: 6 },
  ),
  bisect: fc.boolean(),
  attempts: fc.nat(2),
  batchSize: fc.integer({ min: 1, max: 20 }),
  partial: fc.boolean(),
  throttled: fc.array(fc.boolean(), { maxLength: 10 }),
  brokenDestination: fc.array(fc.boolean(), { maxLength: 5 }),
});

/** Runs a schedule to its end; what became of each partition's records, in that order. */
async function play(schedule: Schedule) {
  const { poison, bisect, attempts, batchSize, throttled, brokenDestination } = schedule;
  const done: Record<string, number[]> = {};
  const discards: string[] = [];
  const finish = (partition: string, offsets: readonly number[]) =>
    (done[partition] = [...(done[partition] ?? []), ...offsets]);
  const { dispatcher, accept, sent, answer, progress, sendDiscarded } = startDispatcher({
    batchSize,
    bisectBatchOnFunctionError: bisect,
    maximumRetryAttempts: attempts,
    onFailure: { kind: 's3', bucket: 'failed' },
  });
  let sends = 0;
  sendDiscarded.mockImplementation(({ partitions }: Parameters<SendDiscarded>[0]) => {
    if (brokenDestination[sends++] === true) return Promise.reject(new Error('broken'));
    for (const { partition, records } of partitions) {
      finish(
        `t-${partition}`,
        records.map(({ offset }) => offset),
      );
      discards.push(...records.map(({ offset }) => `t-${partition}:${offset}`));
    }
    return Promise.resolve();
  });
  const offsets = Array.from({ length: RECORDS }, (_none, offset) => offset);
  for (let partition = 0; partition < PARTITIONS; partition += 1) accept(partition, offsets);
  for (let call = 0; dispatcher.counts.delivered + dispatcher.counts.discarded < PARTITIONS * RECORDS;) {
    if (call === sent().length) {
      await vi.advanceTimersByTimeAsync(100);
      continue;
    }
    const records = Object.entries(sent()[call] ?? {});
    const bad = records.flatMap(([partition, all]) =>
      all
        .filter((offset) => poison.includes(`${partition}:${offset}`))
        .map((offset): [string, number] => [partition, offset]),
    );
    const outcome = outcomeOf(schedule, throttled[call] === true, bad);
    // What is reported or thrown away is not done; everything else of a success is.
    if (outcome !== THROTTLED && outcome !== THROWN)
      for (const [partition, all] of records)
        finish(
          partition,
          all.filter((offset) => outcome === OK || !bad.some(([p, o]) => p === partition && o === offset)),
        );
    await answer(call, outcome);
    call += 1;
  }
  return { done, discards, progress };
}

function outcomeOf({ partial }: Schedule, isThrottled: boolean, bad: [string, number][]) {
  if (isThrottled) return THROTTLED;
  if (bad.length === 0) return OK;
  return partial ? failedItems(...bad) : THROWN;
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('whatever fails, is split, throttled or given up', () => {
  it('each record ends once, and offsets are committed up to the first one undone', async () => {
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const { done, progress, discards } = await play(schedule);
        for (let partition = 0; partition < PARTITIONS; partition += 1) {
          const ends = done[`t-${partition}`] ?? [];
          expect([...ends].sort((a, b) => a - b)).toEqual(Array.from({ length: RECORDS }, (_none, at) => at));
          // A partial response lets the others of its batch go first; without it every partition stays in order.
          if (!schedule.partial) expect(ends).toEqual([...ends].sort((a, b) => a - b));
          const committed = progress.flatMap(([of, to]) =>
            of === partition && to !== undefined ? [to] : [],
          );
          expect(committed).toEqual([...committed].sort((a, b) => a - b));
          expect(committed.at(-1)).toBe(RECORDS);
        }
        // Splitting, or naming, is what saves a poison record's neighbours.
        if (schedule.bisect || schedule.partial) expect(discards.sort()).toEqual([...schedule.poison].sort());
      }),
      { numRuns: 300 },
    );
  });
});
