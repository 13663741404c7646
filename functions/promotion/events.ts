import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId, orderId, promotionId, sku } from '../../shared/define/identifiers.ts';

/** A promotion: its id is the promotion's, and so is its ordering key. */
export const promotion = defineAggregate('promotion', 'promotion');

/** The SKUs of one promotion: their prices change together, in one transaction. */
const skus = z.array(sku).min(1).max(50);
const percent = z.int().min(1).max(90);

/** What a promotion offers; it never changes. */
export const promotionTermsSchema = z.object({
  promotionId,
  name: z.string().trim().min(1).max(120),
  skus,
  /** Taken off the base price. */
  percent,
  /** How many orders may redeem it. */
  limit: z.int().min(1).max(100_000),
});

export const PromotionCreated = promotion.event('PromotionCreatedEvent', promotionTermsSchema, {
  version: 1,
});

export const PromotionActivated = promotion.event(
  'PromotionActivatedEvent',
  z.object({ promotionId, skus, percent }),
  { version: 1 },
);

/** One order's redemption: an order redeems a promotion once, however many of its lines are under it. */
export const PromotionRedeemed = promotion.event(
  'PromotionRedeemedEvent',
  z.object({ promotionId, orderId, customerId }),
  { version: 1 },
);

/** The limit was reached, or the promotion is over: the order keeps the price it was quoted, but does not count. */
export const PromotionRedemptionRejected = promotion.event(
  'PromotionRedemptionRejectedEvent',
  z.object({ promotionId, orderId, customerId, reason: z.enum(['limit-reached', 'not-active']) }),
  { version: 1 },
);

/** The order was cancelled: its redemption is free again. Also a fence against a redemption that comes too late. */
export const PromotionRedemptionReleased = promotion.event(
  'PromotionRedemptionReleasedEvent',
  z.object({
    promotionId,
    orderId,
    customerId,
    /** Whether the order held a redemption; where it did not, the event is only the fence. */
    freed: z.boolean(),
  }),
  { version: 1 },
);

/** It is over for good: by command, or because its limit is used up. */
export const PromotionEnded = promotion.event(
  'PromotionEndedEvent',
  z.object({ promotionId, skus, reason: z.enum(['by-command', 'limit-reached']) }),
  { version: 1 },
);

export type PromotionEvent = EventOf<
  | typeof PromotionCreated
  | typeof PromotionActivated
  | typeof PromotionRedeemed
  | typeof PromotionRedemptionRejected
  | typeof PromotionRedemptionReleased
  | typeof PromotionEnded
>;
