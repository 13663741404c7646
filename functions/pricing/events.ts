import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { promotionId, sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';

/** The price of one SKU: its id is the SKU, and so is its ordering key. */
export const price = defineAggregate('pricing', 'price');

const percent = z.int().min(1).max(90);
const scheduleId = z.string().min(1).max(200);

/**
 * What a SKU costs from now on, which may be what it cost before. `price` is what a customer pays; it is below `basePrice`
 * under a promotion.
 */
export const PriceSet = price.event(
  'PriceSetEvent',
  z.object({
    sku,
    price: moneySchema,
    basePrice: moneySchema,
    /** The promotion that made the price. */
    promotionId: promotionId.optional(),
    /** The schedule that was due. */
    scheduleId: scheduleId.optional(),
  }),
  { version: 1 },
);

/** What a SKU will cost from an instant on; a PriceSet follows when it is there. */
export const PriceScheduled = price.event(
  'PriceScheduledEvent',
  z.object({
    sku,
    scheduleId,
    basePrice: moneySchema,
    from: z.iso.datetime({ precision: 3 }),
  }),
  { version: 1 },
);

/** A promotion takes part in the SKU's price: of several, the largest one makes it. */
export const PricePromotionStarted = price.event(
  'PricePromotionStartedEvent',
  z.object({ sku, promotionId, percent }),
  { version: 1 },
);

export const PricePromotionEnded = price.event('PricePromotionEndedEvent', z.object({ sku, promotionId }), {
  version: 1,
});

export type PriceEvent = EventOf<
  typeof PriceSet | typeof PriceScheduled | typeof PricePromotionStarted | typeof PricePromotionEnded
>;
