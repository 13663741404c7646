import { z } from 'zod';
import { defineAggregate, type EventOf } from '../../shared/define/event.ts';
import { orderId, quantity, sellerId, sku } from '../../shared/define/identifiers.ts';
import { moneySchema } from '../../shared/define/money.ts';

/** A seller: its id is the seller's, and so is its ordering key. */
export const seller = defineAggregate('seller', 'seller');

/** What one order sold, put together from the order and its payment (TOP-14, fan-in): its id is the order's. */
export const sale = defineAggregate('seller', 'sale');

export const SellerRegistered = seller.event(
  'SellerRegisteredEvent',
  z.object({ sellerId, name: z.string().trim().min(1).max(120) }),
  { version: 1 },
);

export const SellerApproved = seller.event('SellerApprovedEvent', z.object({ sellerId }), { version: 1 });

export const SellerSuspended = seller.event(
  'SellerSuspendedEvent',
  z.object({ sellerId, reason: z.string().min(1).max(500) }),
  { version: 1 },
);

const saleLineSchema = z.object({
  sku,
  quantity,
  /** What the line came to: quantity times unit price. */
  amount: moneySchema,
});

/** The lines of a submitted order are known; nothing is sold before the money is there. */
export const SaleOpened = sale.event(
  'SaleOpenedEvent',
  z.object({ orderId, lines: z.array(saleLineSchema).min(1).max(50) }),
  { version: 1 },
);

/** The order's payment is known: it may come before its lines do. */
export const SalePaid = sale.event('SalePaidEvent', z.object({ orderId }), { version: 1 });

/** The order's payment went back. */
export const SaleRefunded = sale.event('SaleRefundedEvent', z.object({ orderId }), { version: 1 });

/** A line counts for its seller, from when both lines and payment are known. One event a line. */
export const SaleBooked = sale.event('SaleBookedEvent', z.object({ orderId, ...saleLineSchema.shape }), {
  version: 1,
});

/** A booked line counts no more: the payment went back. One event a line. */
export const SaleReversed = sale.event('SaleReversedEvent', z.object({ orderId, ...saleLineSchema.shape }), {
  version: 1,
});

export type SellerEvent = EventOf<typeof SellerRegistered | typeof SellerApproved | typeof SellerSuspended>;
export type SaleEvent = EventOf<
  typeof SaleOpened | typeof SalePaid | typeof SaleRefunded | typeof SaleBooked | typeof SaleReversed
>;
