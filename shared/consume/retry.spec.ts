import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from './retry.ts';

describe('the delay before a retry (CON-04)', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ])('of the try number %i is %i ms in the middle of its jitter', (retry, milliseconds) => {
    expect(retryDelay(retry, 0.5)).toBe(milliseconds);
  });

  it('strays by a tenth at most, and never passes a minute', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (retry, random) => {
          const middle = 1_000 * 2 ** (retry - 1);
          expect(retryDelay(retry, random)).toBeGreaterThanOrEqual(Math.min(60_000, middle * 0.9));
          expect(retryDelay(retry, random)).toBeLessThanOrEqual(Math.min(60_000, middle * 1.1));
        },
      ),
    ));
});
