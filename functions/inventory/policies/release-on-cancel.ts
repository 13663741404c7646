import { on, policy } from '../../../shared/consume/policy.ts';
import { OrderCancelled } from '../../order/events.ts';
import type { ReleaseInventory } from '../commands.ts';

/**
 * Whenever a submitted order was cancelled, what it reserved is released (CON-15). The saga may have done it
 * already, or do it later: the second of the two changes nothing.
 */
export const releaseOnCancel = policy<ReleaseInventory>('inventory.release-on-cancel', [
  on(OrderCancelled, ({ aggregateId: orderId, payload: { lines, reason } }) =>
    lines.length === 0
      ? undefined
      : { orderId, reason, lines: lines.map(({ sku, quantity }) => ({ sku, quantity })) },
  ),
]);
