import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../shared/decide/aggregate.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { envelopesOf, fixedClock, testTime } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { PriceSet } from './events.ts';
import { applySchedules, followPromotion, price, schedulePrice, setPrice, type PriceState } from './price.ts';

const sku = 'SKU-1';
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const percents = [10, 25, 25, 90];

/** Few of them often: a command that changes nothing is a case of its own. */
const amount = fc.oneof(fc.nat(2), fc.nat(20), fc.nat(100_000));
const promotion = fc.nat(percents.length - 1);
/** Milliseconds that pass before a step, none included: several things happen at one instant. */
const wait = fc.nat(3);
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), amount, wait }),
  fc.record({ kind: fc.constant('start' as const), promotion, wait }),
  fc.record({ kind: fc.constant('end' as const), promotion, wait }),
  fc.record({ kind: fc.constant('schedule' as const), amount, ahead: fc.integer({ min: 1, max: 8 }), wait }),
  fc.record({ kind: fc.constant('apply' as const), wait }),
  fc.record({ kind: fc.constant('again' as const), earlier: fc.nat(24), wait }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;
type Course = Step[];

const idOf = (n: number): string => `P-${n}`;

type Decision = (state: PriceState, now: Date) => readonly NewEvent[];

/** The decision of a step's command: the same however late it runs. */
const decisionOf = (step: Exclude<Step, { readonly kind: 'again' }>, n: number, begun: Date): Decision => {
  switch (step.kind) {
    case 'set':
      return (state, now) => setPrice(sku, state, { price: eur(step.amount) }, now);
    case 'apply':
      return (state, now) => applySchedules(sku, state, now);
    case 'schedule': {
      const from = new Date(begun.getTime() + step.ahead).toISOString();
      const schedule = { scheduleId: `S-${n}`, price: eur(step.amount), from };
      return (state, now) => schedulePrice(sku, state, schedule, now);
    }
    case 'start':
    case 'end': {
      const promotionId = idOf(step.promotion);
      const follow = { kind: step.kind, promotionId, percent: percents[step.promotion] ?? 1, skus: [sku] };
      return (state) => followPromotion(new Map([[sku, state]]), follow).get(sku) ?? [];
    }
  }
};

/** A price's stream: each step is a command, named by its place in the course. `again` repeats an earlier one. */
const play = async (course: Course): Promise<EventEnvelope[]> => {
  const store = memoryEventStore();
  const handler = commandHandler(store, fixedClock());
  const commands: ((now: Date) => Promise<unknown>)[] = [];
  let now = new Date(testTime);
  for (const [n, step] of course.entries()) {
    now = new Date(now.getTime() + step.wait);
    if (step.kind !== 'again') {
      const decide = decisionOf(step, n, now);
      const context = commandContext(String(n));
      commands.push((at) => handler.execute(price, sku, context, (state) => decide(state, at)));
    }
    const command = step.kind === 'again' ? commands[step.earlier % commands.length] : commands.at(-1);
    await command?.(now);
  }
  return (await store.load(price.definition, sku)).flatMap(({ events }) => events);
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
  const courses = fc.array(step, { maxLength: 25, size: 'medium' });

  const outcomeOf = async (course: Course): Promise<PriceState> => {
    const state = fold(price, await play(course));
    return fold({ ...price, initial: state }, envelopesOf(sku, applySchedules(sku, state, later)));
  };

  it('it comes to what an independent computation says, whichever commands come again in between', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const { current, schedules } = await outcomeOf(course);
        expect(current).toEqual(computed(course));
        expect(schedules).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('it stays what it is when every command comes again afterwards', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const again = course.map((_, earlier): Step => ({ kind: 'again', earlier, wait: 0 }));
        expect((await outcomeOf([...course, ...again])).current).toEqual(computed(course));
      }),
      { numRuns: 500 },
    );
  });

  it('each command that sets a price and each schedule makes one price, and a promotion only another one', async () => {
    await fc.assert(
      fc.asyncProperty(courses, async (course) => {
        const stream = await play([...course, { kind: 'apply', wait: 100 }]);
        const prices = stream.filter((event) => PriceSet.is(event));
        const count = (kind: Step['kind']) => course.filter((step) => step.kind === kind).length;
        const isSet = ({ payload, metadata }: (typeof prices)[number]) =>
          payload.scheduleId === undefined && course[Number(metadata.causationId)]?.kind === 'set';
        const made = prices.flatMap(({ payload: { scheduleId } }) => scheduleId ?? []);
        expect(made).toHaveLength(count('schedule'));
        expect(new Set(made).size).toBe(made.length);
        expect(prices.filter(isSet)).toHaveLength(count('set'));
        prices.slice(1).forEach((event, i) => {
          if (event.payload.scheduleId !== undefined || isSet(event)) return;
          const { scheduleId: _, ...before } = prices[i]?.payload ?? event.payload;
          expect(event.payload).not.toEqual(before);
        });
      }),
    );
  });
});
