import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateBudget, tenthOf } from './evaluate-budget.ts';

const attempts = fc.record({ good: fc.nat(100_000), bad: fc.nat(5_000) });
const objective = fc.integer({ min: 0, max: 999_999 });

describe('an error budget', () => {
  it.each([
    [{ good: 0, bad: 0 }, 900_000, 1_000_000],
    [{ good: 100, bad: 0 }, 900_000, 1_000_000],
    // Ten of a hundred may fail.
    [{ good: 99, bad: 1 }, 900_000, 900_000],
    [{ good: 93, bad: 7 }, 900_000, 300_000],
    [{ good: 90, bad: 10 }, 900_000, 0],
    [{ good: 0, bad: 1 }, 900_000, 0],
    [{ good: 999, bad: 1 }, 999_000, 0],
  ])('of %j with an objective of %i has %i left', (ended, wanted, left) => {
    expect(evaluateBudget(ended, wanted)).toBe(left);
  });

  it('is a share, gone exactly when the objective is missed or just met', () => {
    fc.assert(
      fc.property(attempts, objective, ({ good, bad }, wanted) => {
        const left = evaluateBudget({ good, bad }, wanted);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(1_000_000);
        if (bad * 1_000_000 >= (good + bad) * (1_000_000 - wanted))
          expect(left).toBe(bad === 0 ? 1_000_000 : 0);
        else expect(left).toBeLessThanOrEqual(1_000_000);
      }),
    );
  });

  it('never grows by a failure nor shrinks by a success', () => {
    fc.assert(
      fc.property(attempts, objective, ({ good, bad }, wanted) => {
        const left = evaluateBudget({ good, bad }, wanted);
        expect(evaluateBudget({ good, bad: bad + 1 }, wanted)).toBeLessThanOrEqual(left);
        expect(evaluateBudget({ good: good + 1, bad }, wanted)).toBeGreaterThanOrEqual(left);
      }),
    );
  });

  it('depends on the share that failed, not on how much happened', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.nat(100),
        fc.integer({ min: 1, max: 80 }),
        objective,
        (good, bad, times, wanted) => {
          const more = { good: good * times, bad: bad * times };
          expect(evaluateBudget(more, wanted)).toBe(evaluateBudget({ good, bad }, wanted));
        },
      ),
    );
  });
});

it.each([
  [1_000_000, 10],
  [900_001, 10],
  [900_000, 9],
  [100_001, 2],
  [100_000, 1],
  [1, 1],
  [0, 0],
])('with %i left, tenth %i is being spent', (remaining, tenth) => {
  expect(tenthOf(remaining)).toBe(tenth);
});
