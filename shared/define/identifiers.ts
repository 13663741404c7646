import { z } from 'zod';

/** Ids that people choose (customers, SKUs): short, URL-safe and free of the separators of composed ids. */
const externalId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/, 'must be 1 to 40 letters, digits or hyphens');

export const sku = externalId;
export const customerId = externalId;
export const sellerId = externalId;
export const promotionId = externalId;

/** `<customerId>.<uuid>`: also a Step Functions execution name, so at most 80 characters. */
export const orderId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}\.[0-9a-f-]{36}$/, 'must be <customerId>.<uuid>');

export const quantity = z.int().min(1).max(1_000_000);
