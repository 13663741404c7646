import { on, policy } from '../../../shared/consume/policy.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { DeliveryCompleted, DeliveryDispatched } from '../../delivery/events.ts';
import { OrderCancelled, OrderCompleted, OrderConfirmed } from '../../order/events.ts';
import { PaymentFailed, PaymentRefunded } from '../../payment/events.ts';
import type { Kind } from '../kinds.ts';
import { moneyText } from '../money-text.ts';

/** Something to tell a customer, about one event. */
export interface Message {
  readonly customerId: string;
  readonly kind: Kind;
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
  readonly causeEventId: string;
}

const message = (
  { eventId, payload: { customerId } }: EventEnvelope<string, { readonly customerId: string }>,
  kind: Kind,
  subject: string,
  ...paragraphs: string[]
): Message => ({ customerId, kind, subject, body: `${paragraphs.join('\n\n')}\n`, causeEventId: eventId });

/**
 * Whenever a customer's order, payment or delivery reaches a turning point, they are told. Reasons stay out:
 * providers and the saga write them for people who know the system.
 */
export const notify = policy<Message>('notification.notify', [
  on(OrderConfirmed, (event) =>
    message(
      event,
      'order-confirmed',
      `Your order ${event.aggregateId} is confirmed`,
      `Thank you for your order ${event.aggregateId}.`,
      `We have received ${moneyText(event.payload.total)} and the parcel is being prepared.`,
    ),
  ),
  on(OrderCancelled, (event) =>
    message(
      event,
      'order-cancelled',
      `Your order ${event.aggregateId} is cancelled`,
      `Your order ${event.aggregateId} has been cancelled.`,
      'Whatever you have paid for it is returned to you.',
    ),
  ),
  on(OrderCompleted, (event) =>
    message(
      event,
      'order-completed',
      `Your order ${event.aggregateId} is complete`,
      `Your order ${event.aggregateId} has been delivered and is complete. Thank you!`,
    ),
  ),
  on(PaymentFailed, (event) =>
    message(
      event,
      'payment-failed',
      `The payment for your order ${event.payload.orderId} failed`,
      `We could not take ${moneyText(event.payload.amount)} for your order ${event.payload.orderId}.`,
    ),
  ),
  on(PaymentRefunded, (event) =>
    message(
      event,
      'payment-refunded',
      `A refund for your order ${event.payload.orderId}`,
      `We have returned ${moneyText(event.payload.amount)} for your order ${event.payload.orderId}.`,
    ),
  ),
  on(DeliveryDispatched, (event) =>
    message(
      event,
      'delivery-dispatched',
      `Your order ${event.payload.orderId} is on its way`,
      `The parcel of your order ${event.payload.orderId} is on its way.`,
      `The carrier's number for it is ${event.payload.trackingId}.`,
    ),
  ),
  on(DeliveryCompleted, (event) =>
    message(
      event,
      'delivery-completed',
      `Your order ${event.payload.orderId} has arrived`,
      `The carrier says that the parcel of your order ${event.payload.orderId} has been delivered.`,
    ),
  ),
]);
