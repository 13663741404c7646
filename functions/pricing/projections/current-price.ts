import type { Money } from '../../../shared/define/money.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { PricePromotionEnded, PricePromotionStarted, PriceScheduled, PriceSet } from '../events.ts';

export interface CurrentPrice {
  readonly sku: string;
  /** What a customer pays; undefined until the SKU was priced first, and so is the base price. */
  readonly price?: Money | undefined;
  readonly basePrice?: Money | undefined;
  /** The promotion that made the price. */
  readonly promotionId?: string | undefined;
  /** Those that are on, by id. */
  readonly promotions: readonly { readonly promotionId: string; readonly percent: number }[];
  /** What it will cost, soonest first. */
  readonly schedules: readonly Scheduled[];
  readonly updatedAt: string;
}

interface Scheduled {
  readonly scheduleId: string;
  readonly basePrice: Money;
  readonly from: string;
}

/** A SKU's document after a change to some of it, its fields in one order. */
const changed = (
  doc: CurrentPrice | undefined,
  { aggregateId, occurredOn }: { readonly aggregateId: string; readonly occurredOn: string },
  change: Partial<CurrentPrice>,
): CurrentPrice => ({
  sku: aggregateId,
  price: doc?.price,
  basePrice: doc?.basePrice,
  promotionId: doc?.promotionId,
  promotions: doc?.promotions ?? [],
  schedules: doc?.schedules ?? [],
  ...change,
  updatedAt: occurredOn,
});

/**
 * What a SKU costs, and why. It takes every event of a price, so that a missing one shows as a gap in the sequence
 * (promise 6).
 */
export const currentPrice = projection<CurrentPrice>('pricing.current-price', [
  init(PriceSet, (event, doc) => {
    const { price, basePrice, promotionId, scheduleId } = event.payload;
    const schedules = (doc?.schedules ?? []).filter((schedule) => schedule.scheduleId !== scheduleId);
    return changed(doc, event, { price, basePrice, promotionId, schedules });
  }),
  init(PriceScheduled, (event, doc) => {
    const { scheduleId, basePrice, from } = event.payload;
    const schedules = [...(doc?.schedules ?? []), { scheduleId, basePrice, from }];
    return changed(doc, event, {
      schedules: schedules.sort((a, b) => (a.from === b.from ? 0 : a.from < b.from ? -1 : 1)),
    });
  }),
  init(PricePromotionStarted, (event, doc) => {
    const { promotionId, percent } = event.payload;
    const promotions = [...(doc?.promotions ?? []), { promotionId, percent }];
    return changed(doc, event, {
      promotions: promotions.sort((a, b) => (a.promotionId < b.promotionId ? -1 : 1)),
    });
  }),
  init(PricePromotionEnded, (event, doc) => {
    const { promotionId } = event.payload;
    const promotions = (doc?.promotions ?? []).filter((promotion) => promotion.promotionId !== promotionId);
    return changed(doc, event, { promotions });
  }),
]);
