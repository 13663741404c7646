import { describe, expect, it } from 'vitest';
import { POISONS, VIOLATIONS, WORKER_ROLES } from './fault.ts';
import { planFaults } from './plan-faults.ts';

describe('a plan of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(7, 2)).toEqual(planFaults(7, 2));
    expect(planFaults(7, 2)).not.toEqual(planFaults(8, 2));
  });

  it.each([0.5, 1, 5])('leaves out no kind, however short the run: %d minutes', (minutes) => {
    const faults = planFaults(1, minutes).map(({ fault }) => fault);
    const roles = new Set(faults.flatMap((fault) => (fault.kind === 'kill-worker' ? fault.role : [])));
    expect(roles).toEqual(new Set(WORKER_ROLES));
    const kinds = new Set(faults.map(({ kind }) => kind));
    expect(kinds.size).toBe(8);
    expect(faults.some((fault) => fault.kind === 'trouble' && fault.trouble.failing === 1)).toBe(true);
  });

  it('has every poison and every violation in five minutes', () => {
    const faults = planFaults(3, 5).map(({ fault }) => fault);
    const poisons = faults.flatMap((fault) => (fault.kind === 'poison' && fault.live ? fault.poison : []));
    expect(new Set(poisons)).toEqual(new Set(POISONS));
    const violations = faults.flatMap((fault) => (fault.kind === 'violation' ? fault.violation : []));
    expect(new Set(violations)).toEqual(new Set(VIOLATIONS));
  });

  it('spreads over the run', () => {
    const times = planFaults(5, 5).map(({ atMs }) => atMs);
    const perMinute = Map.groupBy(times, (at) => Math.floor(at / 60_000));
    const counts = [...perMinute.values()].map(({ length }) => length);
    expect(perMinute.size).toBe(5);
    expect(Math.min(...counts)).toBeGreaterThan(times.length / 10);
    expect(new Set(times).size).toBeGreaterThan(0.9 * times.length);
  });

  it('keeps to the length of the run, in order', () => {
    const times = planFaults(5, 1).map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.max(...times)).toBeLessThanOrEqual(60_000);
  });
});
