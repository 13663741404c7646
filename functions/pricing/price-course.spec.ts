import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { envelopesOf, testTime } from '../../shared/testing/envelope-of.ts';
import { PriceSet } from './events.ts';
import { applySchedules, followPromotion, price, schedulePrice, setPrice, type PriceState } from './price.ts';

const sku = 'SKU-1';
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const percents = [10, 25, 25, 90];

const amount = fc.oneof(fc.nat(20), fc.nat(100_000));
const promotion = fc.nat(percents.length - 1);
/** Milliseconds that pass before a step, none included: several things happen at one instant. */
const wait = fc.nat(3);
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), amount, wait }),
  fc.record({ kind: fc.constant('start' as const), promotion, wait }),
  fc.record({ kind: fc.constant('end' as const), promotion, wait }),
  fc.record({ kind: fc.constant('schedule' as const), amount, ahead: fc.integer({ min: 1, max: 8 }), wait }),
  fc.record({ kind: fc.constant('apply' as const), wait }),
);
type Course = (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[];

const idOf = (n: number): string => `P-${n}`;

/** A price's stream, written as the command handler does, with every command run twice. */
const play = (course: Course): NewEvent[] => {
  const stream: NewEvent[] = [];
  const run = (decide: (state: PriceState) => readonly NewEvent[]): void => {
    stream.push(...decide(fold(price, envelopesOf(sku, stream))));
  };
  const runTwice: typeof run = (decide) => {
    run(decide);
    run(decide);
  };
  let now = new Date(testTime);
  course.forEach((step, n) => {
    now = new Date(now.getTime() + step.wait);
    if (step.kind === 'set') {
      runTwice((state) => setPrice(sku, state, { price: eur(step.amount) }, now));
    } else if (step.kind === 'apply') {
      runTwice((state) => applySchedules(sku, state, now));
    } else if (step.kind === 'schedule') {
      const from = new Date(now.getTime() + step.ahead).toISOString();
      const schedule = { scheduleId: `S-${n}`, price: eur(step.amount), from };
      run((state) => schedulePrice(sku, state, schedule, now));
    } else {
      const promotionId = idOf(step.promotion);
      const percent = percents[step.promotion] ?? 1;
      const follow = { kind: step.kind, promotionId, percent, skus: [sku] };
      runTwice((state) => followPromotion(new Map([[sku, state]]), follow).get(sku) ?? []);
    }
  });
  return stream;
};

/** When the course is over, and long past. */
const later = new Date(testTime + 3_600_000);

/**
 * The price after a course, computed without events: the base price is what was set or scheduled for the latest
 * instant, by hand after by schedule; what is off is the largest of what was started and never ended.
 */
const computed = (course: Course) => {
  let now = 0;
  const bases: {
    readonly at: number;
    readonly byHand: number;
    readonly n: number;
    readonly amount: number;
  }[] = [];
  const started = new Set<number>();
  const ended = new Set<number>();
  course.forEach((step, n) => {
    now += step.wait;
    if (step.kind === 'set') bases.push({ at: now, byHand: 1, n, amount: step.amount });
    if (step.kind === 'schedule') bases.push({ at: now + step.ahead, byHand: 0, n, amount: step.amount });
    if (step.kind === 'start' && !ended.has(step.promotion)) started.add(step.promotion);
    if (step.kind === 'end') ended.add(step.promotion);
  });
  const base = bases.sort((a, b) => a.at - b.at || a.byHand - b.byHand || a.n - b.n).at(-1)?.amount;
  if (base === undefined) return undefined;
  const prices = [...started]
    .filter((n) => !ended.has(n))
    .map((n) => ({
      // Half up, by hundredths: 100 % is the base times 100.
      amount: Math.max(base === 0 ? 0 : 1, Math.round((base * 100 - base * (percents[n] ?? 1)) / 100)),
      percent: percents[n] ?? 1,
      id: idOf(n),
    }));
  const best = prices.sort((a, b) => b.percent - a.percent || a.id.localeCompare(b.id))[0];
  return best && best.amount < base
    ? { price: eur(best.amount), basePrice: eur(base), promotionId: best.id }
    : { price: eur(base), basePrice: eur(base) };
};

describe('whatever the course of a price', () => {
  const courses = fc.array(step, { maxLength: 25 });

  it('it comes to what an independent computation says', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const stream = play(course);
        const state = fold(price, envelopesOf(sku, stream));
        const due = applySchedules(sku, state, later);
        const end = fold(price, envelopesOf(sku, [...stream, ...due]));
        expect(end.current).toEqual(computed(course));
        expect(end.schedules).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a price that no schedule made differs from the one before, and each schedule makes one', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const stream = play([...course, { kind: 'apply', wait: 100 }]);
        const prices = envelopesOf(sku, stream).filter((event) => PriceSet.is(event));
        const made = prices.flatMap(({ payload: { scheduleId } }) => scheduleId ?? []);
        expect(made).toHaveLength(course.filter(({ kind }) => kind === 'schedule').length);
        expect(new Set(made).size).toBe(made.length);
        prices.slice(1).forEach(({ payload }, i) => {
          if (payload.scheduleId !== undefined) return;
          const { scheduleId: _, ...before } = prices[i]?.payload ?? payload;
          expect(payload).not.toEqual(before);
        });
      }),
    );
  });
});
