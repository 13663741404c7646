import { z } from 'zod';
import { sellerId, sku } from '../../shared/define/identifiers.ts';
import { legacyEvent } from '../../shared/legacy/legacy-event.ts';
import { categorySchema, productDetailsSchema } from './events.ts';

export const createProduct = z.strictObject({
  sku,
  category: categorySchema,
  sellerId,
  ...productDetailsSchema.shape,
});
export type CreateProduct = z.infer<typeof createProduct>;

/** What a legacy system tells of a new article: its CreateProduct (C5). */
export const legacyProductCreated = legacyEvent('product.created', createProduct.strip());

/** All details as they are to be: what is left out is not kept. */
export const changeProduct = productDetailsSchema.strict();
export type ChangeProduct = z.infer<typeof changeProduct>;

export const discontinueProduct = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export type DiscontinueProduct = z.infer<typeof discontinueProduct>;
