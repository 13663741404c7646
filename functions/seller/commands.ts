import { z } from 'zod';
import { sellerId } from '../../shared/define/identifiers.ts';
import type { SaleOpened } from './events.ts';

export const registerSeller = z.strictObject({ sellerId, name: z.string().trim().min(1).max(120) });
export type RegisterSeller = z.infer<typeof registerSeller>;

export const suspendSeller = z.strictObject({ reason: z.string().trim().min(1).max(500) });
export type SuspendSeller = z.infer<typeof suspendSeller>;

/** What an order sells, line by line. */
export type OpenSale = z.infer<(typeof SaleOpened)['schema']>;

/** What became of an order's money. */
export interface SettleSale {
  readonly orderId: string;
  readonly payment: 'paid' | 'refunded';
}
