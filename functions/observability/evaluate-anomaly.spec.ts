import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateAnomaly, type Usual } from './evaluate-anomaly.ts';

const usual: Usual = { floor: 5, deviations: 3 };
const half = (a: number, b: number): number[] => Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? a : b));

describe('an anomaly', () => {
  it.each([
    // Mean 15, σ 5: up to 30.
    [half(10, 20), 30, undefined],
    [half(10, 20), 31, { observed: 31, usual: 15, threshold: 30 }],
    // Nothing ever varied: the mean itself is the limit.
    [half(7, 7), 8, { observed: 8, usual: 7, threshold: 7 }],
    [half(7, 7), 7, undefined],
    // Usually nothing: the floor is the limit.
    [half(0, 0), 5, undefined],
    [half(0, 0), 6, { observed: 6, usual: 0, threshold: 5 }],
    [[], 6, { observed: 6, usual: 0, threshold: 5 }],
  ])('after %j, %i: %j', (before, observed, found) => {
    expect(evaluateAnomaly(before, observed, usual)).toEqual(found);
  });

  const counts = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 60 });

  it('is above the floor, above the threshold it names, and that above what is usual', () => {
    fc.assert(
      fc.property(counts, fc.nat(100_000), fc.nat(50), (before, observed, floor) => {
        const found = evaluateAnomaly(before, observed, { floor, deviations: 3 });
        if (!found) return;
        expect(found.observed).toBe(observed);
        expect(observed).toBeGreaterThan(found.threshold);
        expect(found.threshold).toBeGreaterThanOrEqual(Math.max(floor, found.usual - 1));
      }),
    );
  });

  it('stays one when more is observed, and does not depend on the order of the minutes before', () => {
    fc.assert(
      fc.property(counts, fc.nat(20_000), fc.nat(1_000), (before, observed, more) => {
        const found = evaluateAnomaly(before, observed, usual);
        expect(evaluateAnomaly(before.toSorted(), observed, usual)?.threshold).toBe(found?.threshold);
        if (found)
          expect(evaluateAnomaly(before, observed + more, usual)).toEqual({
            ...found,
            observed: observed + more,
          });
      }),
    );
  });

  it('is rare: of the minutes themselves at most one in k² is one (Chebyshev)', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 5 }), (minutes, deviations) => {
        const odd = minutes.filter((count) => evaluateAnomaly(minutes, count, { floor: 0, deviations }));
        expect(odd.length * deviations ** 2).toBeLessThanOrEqual(minutes.length);
      }),
    );
  });
});
