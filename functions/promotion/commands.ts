import type { z } from 'zod';
import { promotionTermsSchema } from './events.ts';

/** CreatePromotion. Like a SKU, a promotion's id is one that people choose. */
export const createPromotion = promotionTermsSchema.strict();
export type CreatePromotion = z.infer<typeof createPromotion>;

/** What RedeemPromotion and ReleaseRedemption are about. They come by policy only. */
export interface Redemption {
  readonly promotionId: string;
  readonly orderId: string;
  readonly customerId: string;
}
