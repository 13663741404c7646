import { on, policy } from '../../../shared/consume/policy.ts';
import { OrderCancelled, OrderSubmitted, type OrderLine } from '../../order/events.ts';

/** An order, and the promotions that made its prices: each once. */
export interface FollowOrder {
  readonly command: 'RedeemPromotion' | 'ReleaseRedemption';
  readonly orderId: string;
  readonly customerId: string;
  readonly promotionIds: readonly string[];
}

const follow = (
  command: FollowOrder['command'],
  orderId: string,
  { customerId, lines }: { readonly customerId: string; readonly lines: readonly OrderLine[] },
): FollowOrder | undefined => {
  const promotionIds = [...new Set(lines.flatMap(({ promotionId }) => promotionId ?? []))];
  return promotionIds.length === 0 ? undefined : { command, orderId, customerId, promotionIds };
};

/**
 * Whenever an order is submitted, it redeems the promotions of its lines; whenever a submitted one is cancelled, it
 * gives them back. One policy for both, since what it hears of one order must stay in order.
 */
export const followOrders = policy<FollowOrder>('promotion.follow-orders', [
  on(OrderSubmitted, ({ aggregateId, payload }) => follow('RedeemPromotion', aggregateId, payload)),
  on(OrderCancelled, ({ aggregateId, payload }) => follow('ReleaseRedemption', aggregateId, payload)),
]);
