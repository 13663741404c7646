import { on, policy } from '../../../shared/consume/policy.ts';
import { CartCheckedOut } from '../../shopping/events.ts';
import type { SealedOrder } from '../order.ts';

/** An order as a cart was checked out for it. */
export interface OrderCart {
  readonly orderId: string;
  readonly order: SealedOrder;
}

/**
 * Whenever a cart was checked out, it becomes a submitted order: at the prices that the customer was quoted, which may
 * have changed since, and with the address as it is sealed.
 */
export const orderOnCheckout = policy<OrderCart>('order.order-on-checkout', [
  on(
    CartCheckedOut,
    ({ payload: { orderId, total, customerId, lines, deliveryAddress, paymentMethod } }) => ({
      orderId,
      order: { customerId, currency: total.currency, lines, deliveryAddress, paymentMethod, submit: true },
    }),
  ),
]);
