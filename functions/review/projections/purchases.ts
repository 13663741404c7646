import { init, projection, when } from '../../../shared/project/projection.ts';
import {
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderCreated,
  OrderItemAdded,
  OrderSubmitted,
} from '../../order/events.ts';

/** What one order bought, and whether it has arrived. */
export interface Purchase {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: 'open' | 'cancelled' | 'completed';
  readonly skus: readonly string[];
}

/**
 * The purchases that reviews are held against. It takes every event of an order, also those that change nothing: then
 * a missing one shows as a gap in the sequence (promise 6), and no purchase is taken for less than it was.
 */
export const purchases = projection<Purchase>('review.purchases', [
  init(OrderCreated, ({ aggregateId, payload: { customerId } }) => ({
    orderId: aggregateId,
    customerId,
    status: 'open',
    skus: [],
  })),
  when(OrderItemAdded, (doc, { payload: { line } }) => ({ ...doc, skus: [...doc.skus, line.sku] })),
  when(OrderSubmitted, (doc, { payload: { lines } }) => ({ ...doc, skus: lines.map(({ sku }) => sku) })),
  when(OrderConfirmed, (doc) => doc),
  when(OrderCancelled, (doc) => ({ ...doc, status: 'cancelled' })),
  when(OrderCompleted, (doc) => ({ ...doc, status: 'completed' })),
]);
