import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { init, projection, when } from '../../../shared/project/projection.ts';
import {
  PromotionActivated,
  PromotionCreated,
  PromotionEnded,
  PromotionRedeemed,
  PromotionRedemptionRejected,
  PromotionRedemptionReleased,
} from '../events.ts';

export interface PromotionView {
  readonly promotionId: string;
  readonly name: string;
  readonly skus: readonly string[];
  readonly percent: number;
  readonly limit: number;
  readonly status: 'draft' | 'active' | 'ended';
  /** Why it ended. */
  readonly reason?: 'by-command' | 'limit-reached';
  /** Redemptions that stand: redeemed minus released. */
  readonly standing: number;
  /** Orders that were told no. */
  readonly rejected: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** That of the last event folded in, so that a client can wait for its own write. */
  readonly sequence: number;
}

/** The one group that every promotion is in. */
export const allPromotions = 'all';

const changed = (
  doc: PromotionView,
  { occurredOn: updatedAt, sequence }: EventEnvelope,
  change: Partial<PromotionView>,
): PromotionView => ({ ...doc, ...change, updatedAt, sequence });

/** All promotions in one group: what a query lists together. Counters only, so a document stays small at any limit. */
export const promotions = projection<PromotionView>(
  'promotion.promotions',
  [
    init(PromotionCreated, ({ payload, occurredOn, sequence }) => ({
      ...payload,
      status: 'draft',
      standing: 0,
      rejected: 0,
      createdAt: occurredOn,
      updatedAt: occurredOn,
      sequence,
    })),
    when(PromotionActivated, (doc, event) => changed(doc, event, { status: 'active' })),
    when(PromotionRedeemed, (doc, event) => changed(doc, event, { standing: doc.standing + 1 })),
    when(PromotionRedemptionRejected, (doc, event) => changed(doc, event, { rejected: doc.rejected + 1 })),
    when(PromotionRedemptionReleased, (doc, event) =>
      changed(doc, event, { standing: doc.standing - (event.payload.freed ? 1 : 0) }),
    ),
    when(PromotionEnded, (doc, event) =>
      changed(doc, event, { status: 'ended', reason: event.payload.reason }),
    ),
  ],
  ({ aggregateId }) => ({ group: allPromotions, item: aggregateId }),
);
