import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { effectiveRetryAttempts } from '../retry-policy.ts';
import { conforms } from '../testing/conforms.ts';
import { readOne } from '../testing/read-one.ts';
import {
  failedItems,
  OK,
  returned,
  startDispatcher,
  THROTTLED,
  THROWN,
} from '../testing/start-dispatcher.ts';

const PROVISIONED = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 } };
const QUEUE = { OnFailure: { Destination: 'arn:aws:sqs:us-east-1:000000000000:failed' } };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('retries', () => {
  conforms('errors', 'attempts', async () => {
    const { accept, answer, sent, progress, dispatcher } = startDispatcher({ maximumRetryAttempts: 2 });
    accept(0, [0]);
    for (const attempt of [0, 1, 2]) {
      await answer(attempt, THROWN);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(sent()).toEqual([{ 't-0': [0] }, { 't-0': [0] }, { 't-0': [0] }]);
    expect(dispatcher.counts.discarded).toBe(1);
    expect(progress).toEqual([[0, 1]]);
  });

  conforms('errors', 'attemptsDefault', () => {
    expect(readOne({}).maximumRetryAttempts).toBe(-1);
  });

  conforms('errors', 'attemptsTen', () => {
    expect(effectiveRetryAttempts(-1, true)).toBe(10);
    expect(readOne({ ...PROVISIONED, DestinationConfig: QUEUE }).maximumRetryAttempts).toBe(10);
    expect(
      readOne({ ...PROVISIONED, DestinationConfig: QUEUE, MaximumRetryAttempts: 12 }).maximumRetryAttempts,
    ).toBe(12);
  });

  conforms('errors', 'attemptsRange', () => {
    for (const MaximumRetryAttempts of [-1, 0, 10_000])
      expect(readOne({ ...PROVISIONED, MaximumRetryAttempts }).maximumRetryAttempts).toBe(
        MaximumRetryAttempts,
      );
    for (const MaximumRetryAttempts of [-2, 10_001, 1.5])
      expect(() => readOne({ ...PROVISIONED, MaximumRetryAttempts })).toThrow(
        /^Mapping: MaximumRetryAttempts/,
      );
  });

  conforms('api', 'attemptsExpire', async () => {
    const { accept, answer, sent, dispatcher } = startDispatcher({ maximumRetryAttempts: -1 });
    accept(0, [0]);
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await answer(attempt, THROWN);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(sent()).toHaveLength(51);
    expect(dispatcher.counts.discarded).toBe(0);
  });

  conforms('batching', 'uncounted', async () => {
    const { accept, answer, sent, dispatcher } = startDispatcher({ maximumRetryAttempts: 0 });
    accept(0, [0]);
    await answer(0, THROTTLED);
    await vi.advanceTimersByTimeAsync(200);
    await answer(1, { kind: 'failed', cause: 'unreachable', error: 'ServiceException', reply: undefined });
    await vi.advanceTimersByTimeAsync(400);
    await answer(2, OK);
    expect(sent()).toHaveLength(3);
    expect(dispatcher.counts).toMatchObject({ delivered: 1, discarded: 0 });
  });

  conforms('batching', 'pauses', async () => {
    const { accept, answer, sent } = startDispatcher();
    accept(0, [0]);
    accept(1, [0]);
    await answer(0, THROWN);
    accept(0, [1]);
    await answer(1, OK);
    accept(1, [1]);
    expect(sent()).toEqual([{ 't-0': [0] }, { 't-1': [0] }, { 't-1': [1] }]);
    await vi.advanceTimersByTimeAsync(200);
    await answer(3, OK);
    expect(sent().slice(3)).toEqual([{ 't-0': [0] }, { 't-0': [1] }]);
  });
});

describe('record age', () => {
  conforms('errors', 'age', async () => {
    const { accept, answer, sent, dispatcher } = startDispatcher({ maximumRecordAgeMs: 60_000 });
    const now = Date.now();
    accept(0, [0, 1], 2, { timestamp: now - 60_001 });
    accept(0, [2], 3, { timestamp: now - 1_000 });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent()).toEqual([{ 't-0': [2] }]);
    await answer(0, THROWN);
    await vi.advanceTimersByTimeAsync(200);
    // It was young enough for its first attempts, and grows too old between two of them.
    for (let attempt = 1; sent().length > attempt; attempt += 1) {
      await answer(attempt, THROWN);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect(Date.now() - now).toBeGreaterThan(59_000);
    expect(dispatcher.counts).toMatchObject({ delivered: 0, discarded: 3 });
  });

  conforms('errors', 'ageDefault', () => {
    expect(readOne({}).maximumRecordAgeMs).toBe(Infinity);
  });

  conforms('errors', 'ageRange', () => {
    for (const MaximumRecordAgeInSeconds of [60, 604_800])
      expect(readOne({ ...PROVISIONED, MaximumRecordAgeInSeconds }).maximumRecordAgeMs).toBe(
        MaximumRecordAgeInSeconds * 1_000,
      );
    expect(() => readOne({ ...PROVISIONED, MaximumRecordAgeInSeconds: 604_801 })).toThrow(
      /^Mapping: MaximumRecordAgeInSeconds/,
    );
  });

  conforms('api', 'ageBelowMinute', () => {
    for (const MaximumRecordAgeInSeconds of [0, 1, 59])
      expect(() => readOne({ ...PROVISIONED, MaximumRecordAgeInSeconds })).toThrow(
        /^Mapping: MaximumRecordAgeInSeconds must be a whole number from 60/,
      );
  });

  conforms('api', 'ageNever', () => {
    const { accept, sent } = startDispatcher({ maximumRecordAgeMs: Infinity });
    accept(0, [0], 1, { timestamp: 0 });
    expect(sent()).toEqual([{ 't-0': [0] }]);
  });
});

describe('splitting', () => {
  conforms('errors', 'split', async () => {
    const { accept, answer, sent } = startDispatcher({ bisectBatchOnFunctionError: true, batchSize: 5 });
    accept(0, [0, 1, 2, 3, 4]);
    await answer(0, THROWN);
    await vi.advanceTimersByTimeAsync(200);
    // The later half waits for the earlier one: they are one partition.
    expect(sent()[1]).toEqual({ 't-0': [0, 1, 2] });
    await answer(1, OK);
    expect(sent()[2]).toEqual({ 't-0': [3, 4] });
  });

  conforms('errors', 'isolates', async () => {
    const { accept, answer, sent, progress, dispatcher } = startDispatcher({
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: 0,
      batchSize: 100,
    });
    const offsets = Array.from({ length: 100 }, (_none, index) => index);
    accept(0, offsets);
    const poison = (call: number): boolean => sent()[call]?.['t-0']?.includes(42) ?? false;
    for (let call = 0; call < sent().length; call += 1) {
      await answer(call, poison(call) ? THROWN : OK);
      await vi.advanceTimersByTimeAsync(200);
    }
    const delivered = sent().filter((_offsets, call) => !poison(call));
    expect(delivered.flatMap((records) => records['t-0'])).toEqual(offsets.filter((offset) => offset !== 42));
    expect(dispatcher.counts).toMatchObject({ delivered: 99, discarded: 1 });
    expect(progress.at(-1)).toEqual([0, 100]);
  });

  conforms('parameters', 'bisect', () => {
    expect(readOne({}).bisectBatchOnFunctionError).toBe(false);
  });
});

describe('partial responses', () => {
  conforms('errors', 'partial', async () => {
    const { accept, answer, sent } = startDispatcher();
    accept(0, [0, 1, 2]);
    await answer(0, failedItems(['t-0', 1]));
    await vi.advanceTimersByTimeAsync(200);
    expect(sent()).toEqual([{ 't-0': [0, 1, 2] }, { 't-0': [1] }]);
  });

  conforms('errors', 'withoutPartial', async () => {
    const { accept, answer, sent } = startDispatcher({ reportBatchItemFailures: false });
    accept(0, [0, 1, 2]);
    await answer(0, THROWN);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent()).toEqual([{ 't-0': [0, 1, 2] }, { 't-0': [0, 1, 2] }]);
  });

  conforms('errors', 'schema', async () => {
    const identifiers = [
      null,
      '',
      't-0-1',
      { partition: 't-0' },
      { partition: 0, offset: 1 },
      { partition: 't-0', offset: '1' },
    ];
    for (const itemIdentifier of identifiers) {
      const { accept, answer, sent } = startDispatcher();
      accept(0, [0, 1]);
      const payload = JSON.stringify({ batchItemFailures: [{ itemIdentifier }] });
      await answer(0, returned(payload));
      await vi.advanceTimersByTimeAsync(200);
      expect(sent()[1], JSON.stringify(itemIdentifier)).toEqual({ 't-0': [0, 1] });
    }
  });

  conforms('errors', 'success', async () => {
    for (const payload of ['', 'null', '{}', '{"batchItemFailures":[]}', '{"batchItemFailures":null}']) {
      const { accept, answer, progress } = startDispatcher();
      accept(0, [0, 1]);
      await answer(0, returned(payload));
      expect(progress, payload).toEqual([[0, 2]]);
    }
  });

  conforms('errors', 'unknown', async () => {
    for (const unknown of [
      ['t-9', 0],
      ['t-0', 7],
      ['other-0', 0],
    ] as [string, number][]) {
      const { accept, answer, sent } = startDispatcher();
      accept(0, [0, 1]);
      await answer(0, failedItems(['t-0', 1], unknown));
      await vi.advanceTimersByTimeAsync(200);
      expect(sent()[1], unknown.join()).toEqual({ 't-0': [0, 1] });
    }
  });

  conforms('api', 'onlyReported', async () => {
    const { accept, answer, progress } = startDispatcher({ reportBatchItemFailures: false });
    accept(0, [0]);
    await answer(0, failedItems(['t-0', 0]));
    expect(progress).toEqual([[0, 1]]);
  });
});
