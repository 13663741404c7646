import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { customerId, orderId } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';

/** The payment of one order: its id is the order's, and so is its ordering key (not the customer's). */
export const payment = defineAggregate('payment', 'payment');

const providerId = z.string().min(1).max(200);
const reason = z.string().max(500);

/** Money was captured. */
export const PaymentProcessed = payment.event(
  'PaymentProcessedEvent',
  z.object({ orderId, customerId, amount: moneySchema, chargeId: providerId }),
  { version: 1 },
);

/** No money was captured, and none will be: declined by the gateway, or given up by the saga. */
export const PaymentFailed = payment.event(
  'PaymentFailedEvent',
  z.object({ orderId, customerId, amount: moneySchema, reason }),
  { version: 1 },
);

/** All that was captured went back. */
export const PaymentRefunded = payment.event(
  'PaymentRefundedEvent',
  z.object({ orderId, customerId, amount: moneySchema, refundId: providerId, reason }),
  { version: 1 },
);

export type PaymentEvent = EventOf<typeof PaymentProcessed | typeof PaymentFailed | typeof PaymentRefunded>;
