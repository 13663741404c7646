import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId, promotionId, quantity, sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { sealedSchema } from '../../shared/define/sealed.ts';

/** A customer's cart, filled and checked out again and again: its id is the customer's, and so is its ordering key. */
export const cart = defineAggregate('shopping', 'cart');

/** `quantity` more of a SKU. */
export const CartItemAdded = cart.event('CartItemAddedEvent', z.object({ customerId, sku, quantity }), {
  version: 1,
});

/** All of a SKU is out of the cart. */
export const CartItemRemoved = cart.event('CartItemRemovedEvent', z.object({ customerId, sku }), {
  version: 1,
});

/** A line at the price that the customer was quoted, and the promotion that made it. */
export const quotedLineSchema = z.object({
  sku,
  quantity,
  unitPrice: moneySchema,
  promotionId: promotionId.optional(),
});

/** The customer ordered what was in the cart, which is empty from now on. The order context makes the order of it. */
export const CartCheckedOut = cart.event(
  'CartCheckedOutEvent',
  z.object({
    customerId,
    /** `<customerId>.<uuid>`: the order that this check-out becomes. */
    orderId: z.string().min(1).max(200),
    lines: z.array(quotedLineSchema).min(1).max(50),
    total: moneySchema,
    /** A sealed postal address. */
    deliveryAddress: sealedSchema,
    paymentMethod: z.string().min(1).max(100),
  }),
  { version: 1 },
);

export type CartEvent = EventOf<typeof CartItemAdded | typeof CartItemRemoved | typeof CartCheckedOut>;
