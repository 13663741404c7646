import { z } from 'zod';
import { customerId, orderId } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';
import { compensationReason } from '../../shared/orchestrate/compensation-reason.ts';
import { paymentMethodSchema } from '../order/events.ts';

const ofOrder = z.object({ orderId, customerId, amount: moneySchema });

export const processPayment = ofOrder.extend({ method: paymentMethodSchema });
export type ProcessPayment = z.infer<typeof processPayment>;

export const refundPayment = ofOrder.extend({ reason: compensationReason });
export type RefundPayment = z.infer<typeof refundPayment>;
