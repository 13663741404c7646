import { expect, it } from 'vitest';
import { envelopeOf } from '../../../shared/testing/envelope-of.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from '../../payment/events.ts';
import { followPayments } from './follow-payments.ts';

const orderId = 'ada.00000000-0000-8000-8000-000000000001';
const payment = { orderId, customerId: 'ada', amount: { amount: 5_100, currency: 'EUR' } };

it('says of an order that it is paid, and that its money went back', () => {
  const processed = PaymentProcessed.of({ ...payment, chargeId: 'ch-1' });
  const refunded = PaymentRefunded.of({ ...payment, refundId: 're-1', reason: 'out of stock' });
  expect(followPayments.react(envelopeOf(processed))).toEqual({ orderId, payment: 'paid' });
  expect(followPayments.react(envelopeOf(refunded))).toEqual({ orderId, payment: 'refunded' });
});

it('has nothing to do when no money was taken', () => {
  const failed = PaymentFailed.of({ ...payment, reason: 'declined' });
  expect(followPayments.react(envelopeOf(failed))).toBeUndefined();
});
