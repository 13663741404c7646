import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId, orderId, quantity, sku } from '../../shared/define/identifiers.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** The delivery of one order: its id is the order's, and so is its ordering key (not the customer's). */
export const delivery = defineAggregate('delivery', 'delivery');

/** What a parcel holds: nobody who moves it needs to know prices. */
const parcelLineSchema = z.object({ sku, quantity });
export type ParcelLine = z.infer<typeof parcelLineSchema>;
const parcelLinesSchema = z.array(parcelLineSchema).min(1).max(50);

/** The carrier's number for a parcel. */
export const trackingIdSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,100}$/, 'must be 1 to 100 printable characters');

export const DeliveryArranged = delivery.event(
  'DeliveryArrangedEvent',
  z.object({
    orderId,
    customerId,
    trackingId: trackingIdSchema,
    /** A sealed postal address. */
    address: sealedSchema,
    lines: parcelLinesSchema,
  }),
  { version: 1 },
);

/** Taken back by the saga, or refused by the carrier; also where nothing had been arranged yet. */
export const DeliveryCancelled = delivery.event(
  'DeliveryCancelledEvent',
  z.object({ orderId, customerId, reason: z.string().min(1).max(500) }),
  { version: 1 },
);

export const DeliveryDispatched = delivery.event(
  'DeliveryDispatchedEvent',
  z.object({ orderId, customerId, trackingId: trackingIdSchema, lines: parcelLinesSchema }),
  { version: 1 },
);

export const DeliveryCompleted = delivery.event('DeliveryCompletedEvent', z.object({ orderId, customerId }), {
  version: 1,
});

export type DeliveryEvent = EventOf<
  typeof DeliveryArranged | typeof DeliveryCancelled | typeof DeliveryDispatched | typeof DeliveryCompleted
>;
