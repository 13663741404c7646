import type { CommandContext, CommandHandler } from '../../shared/decide/command-handler.ts';
import type { InTurn } from '../../shared/decide/in-turn.ts';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import type { FollowOrder } from './policies/follow-orders.ts';
import { promotion, redeemPromotion, releaseRedemption } from './promotion.ts';

const decisions = { RedeemPromotion: redeemPromotion, ReleaseRedemption: releaseRedemption };

/**
 * Redeems or releases all promotions of an order in one transaction. One that nobody knows takes no effect from the
 * others: they are written first, then it is refused, for a person to look at.
 * @throws BusinessError `promotion-unknown`
 */
export const followOrder =
  (run: CommandHandler, inTurn: InTurn) =>
  ({ command, orderId, customerId, promotionIds }: FollowOrder, context: CommandContext): Promise<void> =>
    inTurn(promotionIds, async () => {
      const decide = decisions[command];
      const { events } = await run.executeAll(promotion, promotionIds, context, (promotions) => {
        const known = [...promotions].filter(([, { status }]) => status !== 'none');
        return new Map(
          known.map(([promotionId, state]) => [
            promotionId,
            decide(state, { promotionId, orderId, customerId }),
          ]),
        );
      });
      const written = new Set(events.map(({ aggregateId }) => aggregateId));
      // Most promotions have written something: only the silent ones may be unknown, and are looked at again.
      for (const id of promotionIds.filter((id) => !written.has(id))) {
        if ((await run.state(promotion, id)).status === 'none') {
          throw new BusinessError(
            'promotion-unknown',
            `${orderId} names ${id}, which is no promotion`,
            'not-found',
          );
        }
      }
    });
