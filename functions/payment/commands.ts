import { z } from 'zod';
import { customerId, orderId } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { paymentMethodSchema } from '../order/events.ts';

const ofOrder = z.object({ orderId, customerId, amount: moneySchema });

export const processPayment = ofOrder.extend({ method: paymentMethodSchema });
export type ProcessPayment = z.infer<typeof processPayment>;

/** Leaves room for what an event puts before it. */
const MAX_REASON = 450;

/** A compensation never fails for its prose: a long reason is cut. */
export const refundPayment = ofOrder.extend({
  reason: z.string().transform((text) => text.slice(0, MAX_REASON)),
});
export type RefundPayment = z.infer<typeof refundPayment>;
