import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import type { Money } from '../../shared/define/money.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { SchedulePrice, SetPrice } from './commands.ts';
import { effectivePrice, isSamePrice, type ActivePromotion, type EffectivePrice } from './effective-price.ts';
import {
  price as definition,
  PricePromotionEnded,
  PricePromotionStarted,
  PriceScheduled,
  PriceSet,
  type PriceEvent,
} from './events.ts';

interface Schedule {
  readonly scheduleId: string;
  readonly basePrice: Money;
  readonly from: string;
}

/** The percentage of a promotion that is on, or that it is over: for good, so `ended` is a fence. */
type Promotions = ReadonlyMap<string, number | 'ended'>;

export interface PriceState {
  /** What it costs; undefined until it was priced first. */
  readonly current: EffectivePrice | undefined;
  readonly promotions: Promotions;
  /** Those that no price has followed yet, in the order in which they were made. */
  readonly schedules: readonly Schedule[];
}

export const price: Aggregate<PriceState, PriceEvent> = {
  definition,
  initial: { current: undefined, promotions: new Map(), schedules: [] },
  evolve: (state, event) => {
    switch (event.eventType) {
      case 'PriceSetEvent': {
        const { sku: _, scheduleId, ...current } = event.payload;
        if (scheduleId === undefined) return { ...state, current };
        const schedules = state.schedules.filter((schedule) => schedule.scheduleId !== scheduleId);
        return { ...state, current, schedules };
      }
      case 'PriceScheduledEvent': {
        const { sku: _, ...schedule } = event.payload;
        return { ...state, schedules: [...state.schedules, schedule] };
      }
      case 'PricePromotionStartedEvent': {
        const { promotionId, percent } = event.payload;
        return { ...state, promotions: withPromotion(state, promotionId, percent) };
      }
      case 'PricePromotionEndedEvent':
        return { ...state, promotions: withPromotion(state, event.payload.promotionId, 'ended') };
    }
  },
};

const withPromotion = (
  { promotions }: PriceState,
  promotionId: string,
  standing: number | 'ended',
): Promotions => new Map([...promotions, [promotionId, standing]]);

const priced = (basePrice: Money, promotions: Promotions): EffectivePrice =>
  effectivePrice(
    basePrice,
    [...promotions].flatMap(([promotionId, percent]): ActivePromotion[] =>
      percent === 'ended' ? [] : [[promotionId, percent]],
    ),
  );

/** The schedules whose instant has come, in the order in which they take effect. */
const dueOf = ({ schedules }: PriceState, now: Date): readonly Schedule[] =>
  schedules
    .filter(({ from }) => from <= now.toISOString())
    .toSorted((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1));

/**
 * Whatever schedule is due takes effect, each with an event of its own, also where it changes nothing: what has
 * taken effect is told by the events alone.
 */
export const applySchedules = (sku: string, state: PriceState, now: Date): NewEvent[] =>
  dueOf(state, now).map(({ scheduleId, basePrice }) =>
    PriceSet.of({ sku, ...priced(basePrice, state.promotions), scheduleId }),
  );

/**
 * What was due before takes effect before, so that no schedule undoes a price that was set after its instant. Leaves its
 * event also where it costs that already: a command that left none would be decided again when it is repeated, and undo
 * what was set since (ADR 4).
 */
export const setPrice = (
  sku: string,
  state: PriceState,
  { price: basePrice }: SetPrice,
  now: Date,
): NewEvent[] => [
  ...applySchedules(sku, state, now),
  PriceSet.of({ sku, ...priced(basePrice, state.promotions) }),
];

const MAX_SCHEDULES = 100;
const DAY_MS = 86_400_000;
/** Far enough for next year's price list; a year mistyped is told. */
const MAX_DAYS_AHEAD = 400;

/** @throws BusinessError where the instant is not ahead or too far, or too many schedules wait */
export const schedulePrice = (
  sku: string,
  { schedules }: PriceState,
  { scheduleId, price: basePrice, from }: SchedulePrice & { readonly scheduleId: string },
  now: Date,
): NewEvent[] => {
  if (from <= now.toISOString()) throw new BusinessError('schedule-past', `${from} is not in the future`);
  if (from > new Date(now.getTime() + MAX_DAYS_AHEAD * DAY_MS).toISOString())
    throw new BusinessError('schedule-too-far', `a price is scheduled at most ${MAX_DAYS_AHEAD} days ahead`);
  if (schedules.length >= MAX_SCHEDULES)
    throw new BusinessError('schedules-full', `at most ${MAX_SCHEDULES} schedules of a SKU wait at a time`);
  return [PriceScheduled.of({ sku, scheduleId, basePrice, from })];
};

/** What a promotion does to the prices of its SKUs. */
export type PromotionStep = {
  readonly promotionId: string;
  readonly skus: readonly string[];
} & ({ readonly kind: 'start'; readonly percent: number } | { readonly kind: 'end' });

/**
 * A promotion starts or ends for all of its SKUs. It ends for good, also for a SKU where it never started, so that
 * the order of the two does not matter; a SKU without a price only remembers it.
 */
export const followPromotion = (
  prices: ReadonlyMap<string, PriceState>,
  step: PromotionStep,
): ReadonlyMap<string, readonly NewEvent[]> =>
  new Map(
    step.skus.map((sku) => {
      const state = prices.get(sku) ?? price.initial;
      return [sku, step.kind === 'start' ? started(sku, state, step) : ended(sku, state, step)];
    }),
  );

const started = (
  sku: string,
  state: PriceState,
  { promotionId, percent }: { readonly promotionId: string; readonly percent: number },
): NewEvent[] =>
  state.promotions.has(promotionId)
    ? []
    : [
        PricePromotionStarted.of({ sku, promotionId, percent }),
        ...repriced(sku, state, withPromotion(state, promotionId, percent)),
      ];

const ended = (
  sku: string,
  state: PriceState,
  { promotionId }: { readonly promotionId: string },
): NewEvent[] =>
  state.promotions.get(promotionId) === 'ended'
    ? []
    : [
        PricePromotionEnded.of({ sku, promotionId }),
        ...repriced(sku, state, withPromotion(state, promotionId, 'ended')),
      ];

const repriced = (sku: string, { current }: PriceState, promotions: Promotions): NewEvent[] => {
  if (!current) return [];
  const next = priced(current.basePrice, promotions);
  return isSamePrice(current, next) ? [] : [PriceSet.of({ sku, ...next })];
};
