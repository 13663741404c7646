import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { PermanentError } from '../../../shared/errors/mesh-error.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import type { Redemption } from '../commands.ts';
import { PromotionRedeemed, PromotionRedemptionRejected, PromotionRedemptionReleased } from '../events.ts';

export interface RedemptionView extends Redemption {
  readonly status: 'redeemed' | 'rejected' | 'released';
  /** Why it was rejected. */
  readonly reason?: 'limit-reached' | 'not-active';
  readonly updatedAt: string;
}

const as = (
  { payload: { promotionId, orderId, customerId }, occurredOn }: EventEnvelope<string, Redemption>,
  end: Pick<RedemptionView, 'status' | 'reason'>,
): RedemptionView => ({ promotionId, orderId, customerId, ...end, updatedAt: occurredOn });

const orderOf = (event: EventEnvelope): string => {
  if (
    PromotionRedeemed.is(event) ||
    PromotionRedemptionRejected.is(event) ||
    PromotionRedemptionReleased.is(event)
  ) {
    return event.payload.orderId;
  }
  throw new PermanentError('wrong-step', `${event.eventType} is about no order`);
};

/** What became of each order under a promotion: a document an order, however many there are. */
export const redemptions = projection<RedemptionView>(
  'promotion.redemptions',
  [
    init(PromotionRedeemed, (event) => as(event, { status: 'redeemed' })),
    init(PromotionRedemptionRejected, (event) =>
      as(event, { status: 'rejected', reason: event.payload.reason }),
    ),
    init(PromotionRedemptionReleased, (event) => as(event, { status: 'released' })),
  ],
  (event) => ({ group: event.aggregateId, item: orderOf(event) }),
);
