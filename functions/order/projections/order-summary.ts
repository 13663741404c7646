import type { Money } from '../../../shared/define/money.ts';
import type { Sealed } from '../../../shared/define/sealed.ts';
import { init, projection, when } from '../../../shared/project/projection.ts';
import {
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
  type OrderLine,
} from '../events.ts';

export interface OrderSummary {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: 'draft' | 'submitted' | 'confirmed' | 'cancelled' | 'completed';
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly total?: Money;
  /** Opened for who asks, and `null` for them once the customer was erased. */
  readonly deliveryAddress?: Sealed;
  /** Why it was cancelled. */
  readonly reason?: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An order as its customer sees it; grouped by customer, so it also answers "all orders of a customer". */
export const orderSummary = projection<OrderSummary>('order.order-summary', [
  init(OrderCreated, ({ aggregateId, payload, occurredOn }) => ({
    orderId: aggregateId,
    ...payload,
    status: 'draft',
    lines: [],
    createdAt: occurredOn,
    updatedAt: occurredOn,
  })),
  when(OrderItemAdded, (order, { payload, occurredOn }) => ({
    ...order,
    lines: [...order.lines, payload.line],
    updatedAt: occurredOn,
  })),
  when(OrderSubmitted, (order, { payload: { total, deliveryAddress }, occurredOn }) => ({
    ...order,
    status: 'submitted',
    total,
    deliveryAddress,
    updatedAt: occurredOn,
  })),
  when(OrderConfirmed, (order, { occurredOn }) => ({ ...order, status: 'confirmed', updatedAt: occurredOn })),
  when(OrderCancelled, (order, { payload: { reason }, occurredOn }) => ({
    ...order,
    status: 'cancelled',
    reason,
    updatedAt: occurredOn,
  })),
  when(OrderCompleted, (order, { occurredOn }) => ({ ...order, status: 'completed', updatedAt: occurredOn })),
]);
