import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateQuality } from './evaluate-quality.ts';

it.each([
  [{ events: 0, incomplete: 0 }, 10_000, undefined],
  [{ events: 100, incomplete: 1 }, 10_000, undefined],
  [{ events: 100, incomplete: 2 }, 10_000, { failing: 20_000, allowed: 10_000, events: 100 }],
  [{ events: 3, incomplete: 1 }, 0, { failing: 333_334, allowed: 0, events: 3 }],
  [{ events: 3, incomplete: 3 }, 999_999, { failing: 1_000_000, allowed: 999_999, events: 3 }],
  [{ events: 3, incomplete: 3 }, 1_000_000, undefined],
])('of %j, %i parts of a million are allowed: %j', (completeness, allowed, found) => {
  expect(evaluateQuality(completeness, allowed)).toEqual(found);
});

it('says how many failed exactly when they are more than allowed', () => {
  const events = fc
    .nat(1_000_000)
    .chain((all) => fc.record({ events: fc.constant(all), incomplete: fc.nat(all) }));
  fc.assert(
    fc.property(events, fc.nat(1_000_000), (completeness, allowed) => {
      const share = completeness.events === 0 ? 0 : completeness.incomplete / completeness.events;
      const found = evaluateQuality(completeness, allowed);
      expect(found !== undefined).toBe(share * 1_000_000 > allowed);
      if (!found) return;
      expect(found.failing).toBeGreaterThan(allowed);
      expect(found.failing).toBeLessThanOrEqual(1_000_000);
    }),
  );
});
