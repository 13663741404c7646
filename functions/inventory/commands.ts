import { z } from 'zod';
import { orderId, quantity, sku } from '../../shared/define/identifiers.ts';
import { legacyEvent } from '../../shared/legacy/legacy-event.ts';
import { referenceSchema } from './events.ts';

export const receiveStock = z.strictObject({ quantity, reference: referenceSchema.optional() });
export type ReceiveStock = z.infer<typeof receiveStock>;

/** What a legacy system tells of stock: its ReceiveStock (C5). */
export const legacyStockReceived = legacyEvent(
  'inventory.received',
  z.object({ sku, quantity, reference: referenceSchema.optional() }),
);

/** An order's lines, all or none. Other contexts' lines say more, which is of no interest here. */
export const reserveInventory = z.object({
  orderId,
  lines: z.array(z.object({ sku, quantity })).min(1).max(50),
});
export type ReserveInventory = z.infer<typeof reserveInventory>;

const MAX_REASON = 500;

/** A compensation never fails for its prose: a long reason is cut, a missing one is replaced. */
export const releaseInventory = reserveInventory.extend({
  reason: z
    .string()
    .default('released')
    .transform((text) => text.slice(0, MAX_REASON)),
});
export type ReleaseInventory = z.infer<typeof releaseInventory>;

export type CommitReservation = ReserveInventory;
