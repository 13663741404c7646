import type { Money } from '../../../shared/define/money.ts';
import { init, projection, when } from '../../../shared/project/projection.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from '../events.ts';

export interface PaymentOfOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: 'processed' | 'failed' | 'refunded';
  readonly amount: Money;
  readonly chargeId?: string;
  readonly refundId?: string;
  /** Why it failed or was refunded. */
  readonly reason?: string;
  readonly updatedAt: string;
}

/** The payment of an order. */
export const paymentOfOrder = projection<PaymentOfOrder>('payment.payment', [
  init(PaymentProcessed, ({ payload, occurredOn }) => ({
    ...payload,
    status: 'processed',
    updatedAt: occurredOn,
  })),
  init(PaymentFailed, ({ payload, occurredOn }) => ({ ...payload, status: 'failed', updatedAt: occurredOn })),
  when(PaymentRefunded, (doc, { payload: { refundId, reason }, occurredOn }) => ({
    ...doc,
    status: 'refunded',
    refundId,
    reason,
    updatedAt: occurredOn,
  })),
]);
