import { afterEach, beforeEach, describe, expect, vi } from 'vitest';
import { encodeRecord } from '../record.ts';
import { conforms } from '../testing/conforms.ts';
import { OK, startDispatcher } from '../testing/start-dispatcher.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('when the function is invoked', () => {
  conforms('batching', 'window', async () => {
    const { accept, sent } = startDispatcher({ windowMs: 40_000, batchSize: 10 });
    accept(0, [0, 1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(39_999);
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent()).toEqual([{ 't-0': [0, 1, 2, 3, 4] }]);
  });

  conforms('batching', 'size', () => {
    const { accept, sent } = startDispatcher({ windowMs: 40_000, batchSize: 10 });
    accept(0, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(sent()).toEqual([]);
    accept(0, [9, 10]);
    expect(sent()).toEqual([{ 't-0': [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }]);
  });

  conforms('batching', 'payload', () => {
    const { dispatcher, sent } = startDispatcher({ windowMs: 40_000, batchSize: 10 });
    for (const offset of [0, 1, 2, 3, 4]) {
      const record = { key: null, value: Buffer.alloc(1024 * 1024), timestamp: '0', offset: String(offset) };
      dispatcher.accept(0, [encodeRecord('t', 0, record, 'CREATE_TIME', Date.now())], offset + 1);
    }
    // Base64 makes each of them 1.33 MB, so that 4 of them fit into 6 MB.
    expect(sent()).toEqual([{ 't-0': [0, 1, 2, 3] }]);
  });

  conforms('batching', 'windowBegins', async () => {
    const { accept, sent } = startDispatcher({ windowMs: 1_000, batchSize: 10 });
    await vi.advanceTimersByTimeAsync(10_000);
    accept(0, [0]);
    await vi.advanceTimersByTimeAsync(600);
    accept(0, [1]);
    await vi.advanceTimersByTimeAsync(400);
    expect(sent()).toEqual([{ 't-0': [0, 1] }]);
  });

  conforms('latency', 'zero', () => {
    const { accept, sent } = startDispatcher({ windowMs: 0, batchSize: 1_000 });
    accept(0, [0]);
    expect(sent()).toEqual([{ 't-0': [0] }]);
  });

  conforms('source', 'catchesUp', async () => {
    const { accept, answer, sent } = startDispatcher({ batchSize: 2 });
    accept(0, [0, 1, 2, 3, 4]);
    for (const call of [0, 1, 2]) await answer(call, OK);
    expect(sent()).toEqual([{ 't-0': [0, 1] }, { 't-0': [2, 3] }, { 't-0': [4] }]);
  });
});
