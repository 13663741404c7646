import { z } from 'zod';
import { sku } from '../../../shared/define/identifiers.ts';
import type { Money } from '../../../shared/define/money.ts';
import { parse } from '../../../shared/define/parse.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { SaleBooked, SaleReversed } from '../events.ts';
import { addTotals, type SalesTotal } from '../sales-totals.ts';

export interface SkuSales {
  readonly sku: string;
  /** The UTC day on which the sales were booked and reversed. */
  readonly day: string;
  readonly totals: readonly SalesTotal[];
}

interface Movement {
  readonly occurredOn: string;
  readonly payload: { readonly sku: string; readonly quantity: number; readonly amount: Money };
}

const dayOf = (instant: string): string => instant.slice(0, 'YYYY-MM-DD'.length);

/** @param total what the movement adds to its currency */
const moved = (
  doc: SkuSales | undefined,
  { payload, occurredOn }: Movement,
  total: Omit<SalesTotal, 'currency' | 'net'>,
): SkuSales => ({
  sku: payload.sku,
  day: dayOf(occurredOn),
  totals: addTotals(doc?.totals ?? [], [{ currency: payload.amount.currency, net: 0, ...total }]),
});

/** Both events of a sale name the SKU that they are about. */
const line = z.object({ sku });

/**
 * What was sold of a SKU on a day, net of refunds. A reversal counts on the day of the reversal, so a day that is
 * over never changes. A document remembers each sale of its SKU and day in its watermark, some 100 bytes each.
 */
export const skuSales = projection<SkuSales>(
  'seller.sku-sales',
  [
    init(SaleBooked, (event, doc) => {
      const { amount, quantity } = event.payload;
      return moved(doc, event, { booked: amount.amount, reversed: 0, pieces: quantity });
    }),
    init(SaleReversed, (event, doc) => {
      const { amount, quantity } = event.payload;
      return moved(doc, event, { booked: 0, reversed: amount.amount, pieces: -quantity });
    }),
  ],
  ({ payload, occurredOn }) => ({
    group: parse(line, payload, 'seller.sku-sales').sku,
    item: dayOf(occurredOn),
  }),
);
