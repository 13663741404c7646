import { on, policy } from '../../../shared/consume/policy.ts';
import { PaymentProcessed, PaymentRefunded } from '../../payment/events.ts';
import type { SettleSale } from '../commands.ts';

/** Whenever an order's money came or went back, its sale counts, or counts no more. */
export const followPayments = policy<SettleSale>('seller.follow-payments', [
  on(PaymentProcessed, ({ payload: { orderId } }) => ({ orderId, payment: 'paid' })),
  on(PaymentRefunded, ({ payload: { orderId } }) => ({ orderId, payment: 'refunded' })),
]);
