import { describe, expect, it } from 'vitest';
import type { NewEvent } from '../../shared/define/event.ts';
import { PermanentError } from '../../shared/errors/mesh-error.ts';
import { given } from '../../shared/testing/given.ts';
import { PaymentFailed, PaymentProcessed, PaymentRefunded } from './events.ts';
import { payment, recordCharge, recordRefund, type PaymentState } from './payment.ts';
import type { ChargeAnswer, RefundAnswer } from './payment-gateway.ts';

const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const amount = { amount: 1999, currency: 'EUR' };
const ofOrder = { orderId, customerId: 'C-1', amount };

const processed = PaymentProcessed.of({ ...ofOrder, chargeId: 'ch-1' });
const declined = PaymentFailed.of({ ...ofOrder, reason: 'insufficient-funds' });
const refunded = PaymentRefunded.of({ ...ofOrder, refundId: 're-1', reason: 'no carrier' });

const charge = (answer: ChargeAnswer) => (state: PaymentState) =>
  recordCharge(state, { ...ofOrder, method: 'card-ok' }, answer);
const captured = charge({ status: 'captured', chargeId: 'ch-1' });
const refusedCard = charge({ status: 'declined', reason: 'insufficient-funds' });

const refund = (answer: RefundAnswer) => (state: PaymentState) =>
  recordRefund(state, { ...ofOrder, reason: 'no carrier' }, answer);
const gaveBack = refund({ status: 'refunded', refundId: 're-1', amount: 1999 });
const hadNothing = refund({ status: 'nothing-captured' });

describe('the answer to a charge', () => {
  it('is recorded', () => {
    given(payment).when(captured).then([processed]);
    given(payment).when(refusedCard).then([declined]);
  });

  it.each([
    ['processed', [processed]],
    ['refunded', [processed, refunded]],
  ])('changes nothing once the payment is %s', (_, history: NewEvent[]) => {
    given(payment, history).when(captured).then([]);
    given(payment, history).when(refusedCard).then([]);
  });

  it('changes nothing when it is the decline that was recorded', () => {
    given(payment, [declined]).when(refusedCard).then([]);
  });
});

describe('the answer to a refund', () => {
  it('is recorded', () => {
    given(payment, [processed]).when(gaveBack).then([refunded]);
  });

  it('closes a payment that never reached the gateway', () => {
    given(payment)
      .when(hadNothing)
      .then([PaymentFailed.of({ ...ofOrder, reason: 'abandoned: no carrier' })]);
  });

  it('books the charge whose own answer was lost together with its refund', () => {
    given(payment)
      .when(gaveBack)
      .then([PaymentProcessed.of({ ...ofOrder, chargeId: orderId }), refunded]);
  });

  it('books the money that the gateway moved, where a lost charge was of another amount', () => {
    const moved = { ...ofOrder, amount: { amount: 5, currency: 'EUR' } };
    given(payment)
      .when(refund({ status: 'refunded', refundId: 're-1', amount: 5 }))
      .then([
        PaymentProcessed.of({ ...moved, chargeId: orderId }),
        PaymentRefunded.of({ ...moved, refundId: 're-1', reason: 'no carrier' }),
      ]);
  });

  it('changes nothing once the payment is closed', () => {
    given(payment, [processed, refunded]).when(gaveBack).then([]);
    given(payment, [declined]).when(hadNothing).then([]);
  });
});

describe('a gateway that contradicts the books', () => {
  it.each([
    ['captures after the payment had failed', [declined], captured],
    ['refunds what had failed', [declined], gaveBack],
    ['knows nothing of what it captured', [processed], hadNothing],
    ['refunds another amount', [processed], refund({ status: 'refunded', refundId: 're-1', amount: 5 })],
  ])('stands out: %s', (_, history: NewEvent[], decide) => {
    given(payment, history)
      .when((state) => {
        expect(() => decide(state)).toThrow(PermanentError);
        return [];
      })
      .then([]);
  });
});
