import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId, promotionId, quantity, sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** An order keeps its customer's order of events: its id is `<customerId>.<uuid>` (IDM-04). */
export const order = defineAggregate('order', 'order', 'owner');

export const orderLineSchema = z.object({
  sku,
  quantity,
  unitPrice: moneySchema,
  /** The promotion that made the price. */
  promotionId: promotionId.optional(),
});
export type OrderLine = z.infer<typeof orderLineSchema>;

/** How the customer pays: an opaque token of the payment provider, never card data. */
export const paymentMethodSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be a token of the payment provider');

export const OrderCreated = order.event(
  'OrderCreatedEvent',
  z.object({ customerId, currency: moneySchema.shape.currency }),
  { version: 1 },
);

export const OrderItemAdded = order.event('OrderItemAddedEvent', z.object({ line: orderLineSchema }), {
  version: 1,
});

export const OrderSubmitted = order.event(
  'OrderSubmittedEvent',
  z.object({
    customerId,
    lines: z.array(orderLineSchema).min(1).max(50),
    total: moneySchema,
    /** A sealed postal address. */
    deliveryAddress: sealedSchema,
    paymentMethod: paymentMethodSchema,
  }),
  { version: 1 },
);

export const OrderConfirmed = order.event(
  'OrderConfirmedEvent',
  z.object({ customerId, total: moneySchema }),
  { version: 1 },
);

export const OrderCancelled = order.event(
  'OrderCancelledEvent',
  z.object({
    customerId,
    reason: z.string().max(500),
    /** What was to be delivered; empty when the order was never submitted. */
    lines: z.array(orderLineSchema),
  }),
  { version: 1 },
);

export const OrderCompleted = order.event('OrderCompletedEvent', z.object({ customerId }), {
  version: 1,
});

export type OrderEvent = EventOf<
  | typeof OrderCreated
  | typeof OrderItemAdded
  | typeof OrderSubmitted
  | typeof OrderConfirmed
  | typeof OrderCancelled
  | typeof OrderCompleted
>;
