import { z } from 'zod';
import { addressSchema } from '../../shared/define/address.ts';
import { sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { paymentMethodSchema } from '../order/events.ts';

/** The most pieces of one SKU that a cart holds. */
export const MAX_PIECES = 1_000;

export const addCartItem = z.strictObject({ sku, quantity: z.int().min(1).max(MAX_PIECES) });
export type AddCartItem = z.infer<typeof addCartItem>;

/** The order context makes an order of it, so the way of paying is one that an order can have. */
export const checkOutCart = z.strictObject({
  deliveryAddress: addressSchema.strict(),
  paymentMethod: paymentMethodSchema,
  /** What the customer was shown: another total is refused instead of charged. */
  expectedTotal: moneySchema.strict().optional(),
});
export type CheckOutCart = z.infer<typeof checkOutCart>;
