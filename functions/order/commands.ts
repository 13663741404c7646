import { z } from 'zod';
import { addressSchema } from '../../shared/define/address.ts';
import { customerId } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { reasonCode } from '../../shared/define/reason-code.ts';
import { orderLineSchema, paymentMethodSchema } from './events.ts';

/**
 * Commands take no field they do not know: a typing error must not pass for a wish. Events do, so they can grow.
 * Whether a price is a promotion's is for the shop to say, not for the caller.
 */
export const addOrderItem = orderLineSchema
  .omit({ promotionId: true })
  .extend({ unitPrice: moneySchema.strict() })
  .strict();

export const submitOrder = z.strictObject({
  deliveryAddress: addressSchema.strict(),
  paymentMethod: paymentMethodSchema,
});
export type SubmitOrder = z.infer<typeof submitOrder>;

/** CreateOrder, optionally with its items, and submitted in the same breath when `submit` is true. */
export const createOrder = z
  .strictObject({
    customerId,
    currency: moneySchema.shape.currency,
    lines: z.array(addOrderItem).max(50).default([]),
    ...submitOrder.partial().shape,
    submit: z.boolean().default(false),
  })
  .superRefine((order, context) => {
    const needed = order.submit ? (['deliveryAddress', 'paymentMethod'] as const) : [];
    for (const field of needed) {
      if (order[field] === undefined) {
        context.addIssue({ code: 'custom', path: [field], message: 'is required to submit an order' });
      }
    }
  });
export type CreateOrder = z.infer<typeof createOrder>;

export const cancelOrder = z.strictObject({ reason: reasonCode });
export type CancelOrder = z.infer<typeof cancelOrder>;
