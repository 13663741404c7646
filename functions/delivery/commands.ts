import { z } from 'zod';
import { customerId, orderId, quantity, sku } from '../../shared/define/identifiers.ts';
import { reasonCodeOf } from '../../shared/define/reason-code.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';
import { compensationReason } from '../../shared/orchestrate/compensation-reason.ts';
import { trackingIdSchema } from './events.ts';

/** Input of the saga's step. A line may say more (its price); a parcel takes what it needs. */
export const arrangeDelivery = z.object({
  orderId,
  customerId,
  /** Sealed, as all that a saga carries of its customer. */
  address: sealedSchema,
  lines: z.array(z.object({ sku, quantity })).min(1).max(50),
  /** Names the waiting step (Step Functions, "Wait for a callback with task token"). */
  taskToken: z.string().min(1).max(2048),
});
export type ArrangeDelivery = z.infer<typeof arrangeDelivery>;

/** Input of the saga's compensation. */
export const cancelDelivery = z.object({
  orderId,
  customerId,
  reason: compensationReason,
});
export type CancelDelivery = z.infer<typeof cancelDelivery>;

/**
 * What the carrier says to a booking, under the reference it was made with. The carrier's contract is not ours
 * to grow: what else it sends is ignored.
 */
export const takeCarrierReply = z.discriminatedUnion('status', [
  z.object({ reference: orderId, status: z.literal('accepted'), trackingId: trackingIdSchema }),
  z.object({
    reference: orderId,
    status: z.literal('refused'),
    // Whatever it says: a refusal that is not taken keeps the saga waiting for nothing. Its words go no further, they
    // may name the customer.
    reason: z
      .string()
      .nullish()
      .transform((text) => reasonCodeOf(text ?? '', 'refused-by-carrier')),
  }),
]);
export type CarrierReply = z.infer<typeof takeCarrierReply>;

/**
 * What became of a parcel, as the carrier tells it by a webhook, under the reference of its booking. What else it
 * sends is ignored, as above.
 */
export const takeCarrierEvent = z.object({ reference: orderId, status: z.enum(['dispatched', 'delivered']) });
export type CarrierEvent = z.infer<typeof takeCarrierEvent>;
