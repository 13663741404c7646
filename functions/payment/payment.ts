import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import type { Money } from '../../shared/define/money.ts';
import { PermanentError } from '../../shared/errors/mesh-error.ts';
import type { ProcessPayment, RefundPayment } from './commands.ts';
import {
  payment as definition,
  PaymentFailed,
  PaymentProcessed,
  PaymentRefunded,
  type PaymentEvent,
} from './events.ts';
import type { ChargeAnswer, RefundAnswer } from './payment-gateway.ts';

/** A payment's life: none → processed → refunded, or none → failed. Both ends are fences against late attempts. */
export type PaymentState =
  | { readonly status: 'none' }
  | { readonly status: 'processed'; readonly amount: Money; readonly chargeId: string }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'refunded' };

export const payment: Aggregate<PaymentState, PaymentEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (_, event) => {
    switch (event.eventType) {
      case 'PaymentProcessedEvent': {
        const { amount, chargeId } = event.payload;
        return { status: 'processed', amount, chargeId };
      }
      case 'PaymentFailedEvent':
        return { status: 'failed', reason: event.payload.reason };
      case 'PaymentRefundedEvent':
        return { status: 'refunded' };
    }
  },
};

/** The gateway and our books say different things about money: a person has to look. */
const contradiction = (orderId: string, message: string): PermanentError =>
  new PermanentError('payment-contradiction', `${orderId}: ${message}`);

/** What the gateway answered to a charge becomes a fact, unless one is recorded already: the record wins. */
export const recordCharge = (
  state: PaymentState,
  command: ProcessPayment,
  answer: ChargeAnswer,
): NewEvent[] => {
  const { orderId, customerId, amount } = command;
  switch (state.status) {
    case 'none':
      return answer.status === 'captured'
        ? [PaymentProcessed.of({ orderId, customerId, amount, chargeId: answer.chargeId })]
        : [PaymentFailed.of({ orderId, customerId, amount, reason: answer.reason })];
    case 'failed':
      // The gateway answers one key always the same, and a refund voids the reference.
      if (answer.status === 'captured') throw contradiction(orderId, 'captured after the payment had failed');
      return [];
    case 'processed':
    case 'refunded':
      return [];
  }
};

/**
 * What the gateway answered to a refund becomes a fact. Where nothing is recorded, the charge's own answer was
 * lost or is still to come: what was captured then is booked with its refund, so that captured − refunded is
 * what the gateway holds, and in either case a late ProcessPayment finds the payment closed.
 */
export const recordRefund = (
  state: PaymentState,
  command: RefundPayment,
  answer: RefundAnswer,
): NewEvent[] => {
  const { orderId, customerId, reason } = command;
  const refunded = (amount: Money, refundId: string) =>
    PaymentRefunded.of({ orderId, customerId, amount, refundId, reason });
  switch (state.status) {
    case 'none': {
      if (answer.status === 'nothing-captured') {
        const { amount } = command;
        return [PaymentFailed.of({ orderId, customerId, amount, reason: `abandoned: ${reason}` })];
      }
      const amount = { ...command.amount, amount: answer.amount };
      // The charge's id went with the lost answer; the gateway knows the charge by its reference, too.
      return [
        PaymentProcessed.of({ orderId, customerId, amount, chargeId: orderId }),
        refunded(amount, answer.refundId),
      ];
    }
    case 'processed':
      if (answer.status === 'nothing-captured')
        throw contradiction(orderId, 'the gateway knows of no charge');
      if (answer.amount !== state.amount.amount) {
        throw contradiction(orderId, `${state.amount.amount} were captured, ${answer.amount} refunded`);
      }
      return [refunded(state.amount, answer.refundId)];
    case 'failed':
      if (answer.status === 'refunded') throw contradiction(orderId, 'refunded after the payment had failed');
      return [];
    case 'refunded':
      return [];
  }
};
