import { describe, expect, it } from 'vitest';
import { countsAsAttempt, nextStep, type FailedBatch, type RetryPolicy } from './retry-policy.ts';

const ENDLESS: RetryPolicy = {
  maximumRetryAttempts: -1,
  bisectBatchOnFunctionError: false,
  hasDestination: false,
};

/** A batch of one record whose function has failed `times` in a row. */
const failed = (times: number, over: Partial<FailedBatch> = {}): FailedBatch => ({
  cause: 'function',
  failures: { total: times, counted: times },
  records: 1,
  ...over,
});

describe('nextStep', () => {
  it('waits 200 ms, then twice as long each time, never more than 10 s', () => {
    const delays = [1, 2, 3, 7, 500].map((times) => nextStep(failed(times), ENDLESS, 1));
    expect(delays).toEqual([200, 400, 800, 10_000, 10_000].map((delayMs) => ({ kind: 'retry', delayMs })));
  });

  it('spreads retries over a quarter of the delay', () => {
    expect(nextStep(failed(1), ENDLESS, 0)).toEqual({ kind: 'retry', delayMs: 150 });
  });

  it('splits only what holds several records, and only for an error of the function', () => {
    const policy = { ...ENDLESS, bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 };
    const step = (over: Partial<FailedBatch>) => nextStep(failed(1, { records: 2, ...over }), policy, 0).kind;
    expect(step({})).toBe('split');
    expect(step({ records: 1 })).toBe('discard');
    expect(step({ cause: 'reported' })).toBe('discard');
    expect(step({ cause: 'throttled', failures: { total: 1, counted: 0 } })).toBe('retry');
  });

  it('keeps what no event can hold, unless there is a destination or the retries are used up', () => {
    const tooLarge = failed(3, { cause: 'too-large' });
    expect(nextStep(tooLarge, ENDLESS, 0).kind).toBe('retry');
    expect(nextStep(tooLarge, { ...ENDLESS, maximumRetryAttempts: 2 }, 0).kind).toBe('discard');
    expect(nextStep(tooLarge, { ...ENDLESS, hasDestination: true }, 0)).toEqual({
      kind: 'discard',
      condition: 'MaximumPayloadSizeExceeded',
    });
  });
});

describe('countsAsAttempt', () => {
  it('counts what the function did, not the way to it', () => {
    const causes = ['function', 'reported', 'too-large', 'throttled', 'unreachable'] as const;
    expect(causes.map(countsAsAttempt)).toEqual([true, true, true, false, false]);
  });
});
