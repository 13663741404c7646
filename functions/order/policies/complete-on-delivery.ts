import { on, policy } from '../../../shared/consume/policy.ts';
import type { NewEvent } from '../../../shared/define/event.ts';
import { TransientError } from '../../../shared/errors/mesh-error.ts';
import { DeliveryCompleted } from '../../delivery/events.ts';
import { completeOrder, type OrderState } from '../order.ts';

export interface CompleteOrder {
  readonly orderId: string;
}

/** Whenever an order's delivery is completed, so is the order. */
export const completeOnDelivery = policy<CompleteOrder>('order.complete-on-delivery', [
  on(DeliveryCompleted, ({ payload: { orderId } }) => ({ orderId })),
]);

/**
 * CompleteOrder as the policy decides it. The carrier can be quicker than the saga's last step, on another topic:
 * what has arrived before it is confirmed is no business refusal, it waits for the confirmation.
 */
export const completeDelivered = (state: OrderState): NewEvent[] => {
  if (state.status === 'submitted') {
    throw new TransientError('order-not-confirmed', 'the order has been delivered before it was confirmed');
  }
  return completeOrder(state);
};
