import { on, policy } from '../../../shared/consume/policy.ts';
import { PromotionActivated, PromotionEnded } from '../../promotion/events.ts';
import type { PromotionStep } from '../price.ts';

/** Whenever a promotion is activated or ends, the prices of its SKUs follow, each SKU once. */
export const followPromotions = policy<PromotionStep>('pricing.follow-promotions', [
  on(PromotionActivated, ({ payload: { promotionId, percent, skus } }) => ({
    kind: 'start',
    promotionId,
    percent,
    skus: [...new Set(skus)],
  })),
  on(PromotionEnded, ({ payload: { promotionId, skus } }) => ({
    kind: 'end',
    promotionId,
    skus: [...new Set(skus)],
  })),
]);
