import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeRecord } from './record.ts';
import { failedItems, OK, startDispatcher as start, THROWN } from './testing/start-dispatcher.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('order and concurrency ("Low latency processing for Kafka event sources")', () => {
  it('sends at once with window 0, and keeps one batch of a partition in flight', async () => {
    const { accept, sent, answer, progress } = start();
    accept(0, [0]);
    accept(0, [1, 2, 3, 4]);
    expect(sent()).toEqual([{ 't-0': [0] }]);
    await answer(0, OK);
    expect(sent()).toEqual([{ 't-0': [0] }, { 't-0': [1, 2, 3] }]);
    await answer(1, OK);
    await answer(2, OK);
    expect(progress.at(-1)).toEqual([0, 5]);
  });

  it('runs at most five invocations at a time', async () => {
    const { accept, sent, answer } = start();
    for (let partition = 0; partition < 7; partition += 1) accept(partition, [0]);
    expect(sent()).toHaveLength(5);
    await answer(2, OK);
    // The two partitions that had to wait share the next batch.
    expect(sent()[5]).toEqual({ 't-5': [0], 't-6': [0] });
  });
});

describe('batching window ("Batching behavior")', () => {
  it('waits for the window while the batch is not full', async () => {
    const { accept, sent } = start({ windowMs: 500 });
    accept(0, [0]);
    await vi.advanceTimersByTimeAsync(300);
    accept(1, [0]);
    await vi.advanceTimersByTimeAsync(199);
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual([{ 't-0': [0], 't-1': [0] }]);
  });

  it('does not wait once the batch is full', () => {
    const { accept, sent } = start({ windowMs: 60_000 });
    accept(0, [0, 1]);
    accept(1, [5]);
    expect(sent()).toEqual([{ 't-0': [0, 1], 't-1': [5] }]);
  });
});

describe('failures ("Configuring error handling controls for Kafka event sources")', () => {
  it('retries the same batch before anything later of its partition, while other partitions go on', async () => {
    const { accept, sent, answer, progress, log } = start();
    accept(0, [0, 1]);
    await answer(0, THROWN);
    accept(0, [2]);
    accept(1, [0]);
    await answer(1, OK);
    expect(sent()).toEqual([{ 't-0': [0, 1] }, { 't-1': [0] }]);
    expect(progress).toEqual([[1, 1]]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent()[2]).toEqual({ 't-0': [0, 1] });
    await answer(2, OK);
    expect(sent()[3]).toEqual({ 't-0': [2] });
    expect(log).toHaveBeenCalledWith(
      'warn',
      'batch failed, will be retried',
      expect.objectContaining({
        function: 'f',
        attempt: 1,
        error: 'Unhandled',
        partitions: [{ partition: 0, offsets: [0, 1], records: 2 }],
      }),
    );
  });

  it('gives its slot to others while a batch waits for its retry', async () => {
    const { accept, sent, answer } = start();
    for (let partition = 0; partition < 5; partition += 1) accept(partition, [0]);
    await answer(0, THROWN);
    accept(5, [0]);
    expect(sent()[5]).toEqual({ 't-5': [0] });
  });

  it('sends only the reported records again and lets the other partitions of the batch go', async () => {
    const { accept, sent, answer, progress } = start({ windowMs: 500, batchSize: 4 });
    accept(0, [0, 1, 2]);
    accept(1, [7]);
    await answer(0, failedItems(['t-0', 1]));
    expect(progress).toEqual([
      [1, 8],
      [0, 1],
    ]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent()[1]).toEqual({ 't-0': [1] });
    await answer(1, OK);
    expect(progress.at(-1)).toEqual([0, 3]);
  });

  it('takes any answer for success when ReportBatchItemFailures is off', async () => {
    const { accept, answer, progress } = start({ reportBatchItemFailures: false });
    accept(0, [0]);
    await answer(0, failedItems(['t-0', 0]));
    expect(progress).toEqual([[0, 1]]);
  });

  it('discards loudly when the retries are used up, and goes on', async () => {
    const { dispatcher, accept, answer, progress, log } = start({ maximumRetryAttempts: 1 });
    accept(0, [0]);
    await answer(0, THROWN);
    await vi.advanceTimersByTimeAsync(200);
    await answer(1, failedItems(['t-0', 0]));
    expect(progress.at(-1)).toEqual([0, 1]);
    expect(dispatcher.counts.discarded).toBe(1);
    expect(log).toHaveBeenLastCalledWith(
      'error',
      expect.stringContaining('discarded'),
      expect.objectContaining({ attempt: 2 }),
    );
  });

  it('does not send a record that no payload can hold, says so each time, and keeps it', async () => {
    const { dispatcher, sent, log, progress } = start();
    const record = { key: null, value: Buffer.alloc(5 * 1024 * 1024), timestamp: '0', offset: '0' };
    dispatcher.accept(0, [encodeRecord('t', 0, record, 'CREATE_TIME', 0)], 1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent()).toEqual([]);
    expect(progress).toEqual([]);
    expect(dispatcher.counts.oversize).toBe(1);
    expect(log.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(log).toHaveBeenCalledWith(
      'error',
      'batch failed, will be retried',
      expect.objectContaining({ cause: 'too-large' }),
    );
  });
});

describe('progress with a filter', () => {
  it('moves over records that were filtered out, but not past undone ones', async () => {
    const { accept, answer, progress } = start();
    accept(0, [], 4);
    accept(0, [6], 10);
    accept(0, [], 20);
    expect(progress).toEqual([[0, 4]]);
    await answer(0, OK);
    expect(progress.at(-1)).toEqual([0, 20]);
  });
});

describe('rebalances', () => {
  it('keeps a partition that stayed with the same member', async () => {
    const { dispatcher, accept, sent, answer } = start();
    accept(0, [0, 1, 2, 3]);
    dispatcher.assign([0], true);
    await answer(0, OK);
    expect(sent()).toEqual([{ 't-0': [0, 1, 2] }, { 't-0': [3] }]);
  });

  it('starts over for a new member, never with two batches of a partition in flight', async () => {
    const { dispatcher, accept, sent, answer, progress } = start();
    accept(0, [0, 1, 2, 3]);
    dispatcher.assign([0], false);
    accept(0, [0, 1, 2, 3, 4]);
    expect(sent()).toHaveLength(1);
    await answer(0, OK);
    // What the first batch delivered is not delivered from the second reading as well.
    expect(sent()[1]).toEqual({ 't-0': [3, 4] });
    expect(progress).toEqual([[0, 3]]);
  });

  it('does not count forgotten records as done before they are read again', async () => {
    const { dispatcher, accept, answer, progress } = start();
    accept(0, [0, 1, 2, 3]);
    dispatcher.assign([0], false);
    await answer(0, OK);
    expect(progress).toEqual([[0, undefined]]);
  });

  it('frees a partition whose failed batch waits for its retry', async () => {
    const { dispatcher, accept, sent, answer } = start();
    accept(0, [0]);
    await answer(0, THROWN);
    dispatcher.assign([0], false);
    await vi.advanceTimersByTimeAsync(0);
    accept(0, [0]);
    expect(sent()).toEqual([{ 't-0': [0] }, { 't-0': [0] }]);
  });

  it('delivers nothing more of a partition that went to another poller', async () => {
    const { dispatcher, accept, sent, answer, progress } = start();
    accept(0, [0, 1, 2, 3]);
    dispatcher.assign([], true);
    accept(0, [4]);
    await answer(0, OK);
    expect(sent()).toHaveLength(1);
    expect(progress).toEqual([]);
  });
});

describe('stopping', () => {
  it('starts nothing more and waits for what runs', async () => {
    const { dispatcher, accept, sent, answer } = start();
    accept(0, [0, 1, 2, 3]);
    const stopped = dispatcher.stop(1_000);
    await answer(0, OK);
    await vi.advanceTimersByTimeAsync(20);
    expect(await stopped).toBe(true);
    expect(sent()).toHaveLength(1);
  });

  it('does not wait longer than it is given', async () => {
    const { dispatcher, accept } = start();
    accept(0, [0]);
    const stopped = dispatcher.stop(1_000);
    await vi.advanceTimersByTimeAsync(1_010);
    expect(await stopped).toBe(false);
  });
});
