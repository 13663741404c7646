import { on, policy } from '../../../shared/consume/policy.ts';
import { timesMoney } from '../../../shared/define/money.ts';
import { OrderSubmitted } from '../../order/events.ts';
import type { OpenSale } from '../commands.ts';

/** Whenever an order was submitted, its lines are what there is to sell; its payment decides whether it is sold. */
export const followOrders = policy<OpenSale>('seller.follow-orders', [
  on(OrderSubmitted, ({ aggregateId: orderId, payload: { lines } }) => ({
    orderId,
    lines: lines.map(({ sku, quantity, unitPrice }) => ({
      sku,
      quantity,
      amount: timesMoney(unitPrice, quantity),
    })),
  })),
]);
