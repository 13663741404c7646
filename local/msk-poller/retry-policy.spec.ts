import { describe, expect, it } from 'vitest';
import { countsAsAttempt, nextStep } from './retry-policy.ts';

describe('nextStep: "Configuring error handling controls for Kafka event sources"', () => {
  it('retries without end by default', () => {
    expect(nextStep({ total: 100_000, counted: 100_000 }, -1, 0.5).kind).toBe('retry');
  });

  it('discards after the first attempt and MaximumRetryAttempts retries', () => {
    expect(nextStep({ total: 3, counted: 3 }, 3, 0).kind).toBe('retry');
    expect(nextStep({ total: 4, counted: 4 }, 3, 0).kind).toBe('discard');
    expect(nextStep({ total: 1, counted: 1 }, 0, 0).kind).toBe('discard');
  });

  it('does not count what the function did not do', () => {
    expect(nextStep({ total: 50, counted: 0 }, 0, 0).kind).toBe('retry');
    expect([
      countsAsAttempt('function'),
      countsAsAttempt('throttled'),
      countsAsAttempt('unreachable'),
    ]).toEqual([true, false, false]);
  });

  it('waits 200 ms, then twice as long each time, never more than 10 s', () => {
    const delays = [1, 2, 3, 7, 500].map((total) => nextStep({ total, counted: total }, -1, 1));
    expect(delays).toEqual([200, 400, 800, 10_000, 10_000].map((delayMs) => ({ kind: 'retry', delayMs })));
  });
});
