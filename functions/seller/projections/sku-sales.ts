import { z } from 'zod';
import { sku } from '../../../shared/define/identifiers.ts';
import type { Money } from '../../../shared/define/money.ts';
import { parse } from '../../../shared/define/parse.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { SaleBooked, SaleReversed } from '../events.ts';
import { addTotals, type SalesTotal } from '../sales-totals.ts';

/** What was sold of a SKU on a day, as far as it is of one shard. */
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
 * The shard of its SKU's day that a sale is added up in, `00` to `ff`: the last two hex digits of its order's id, which
 * `uuidFrom` makes as even as chance. An id that has fewer is filled up with zeros: every id has a shard, for good.
 */
export const shardOf = (orderId: string): string =>
  orderId
    .replaceAll(/[^0-9a-f]/g, '')
    .slice(-2)
    .padStart(2, '0');

/**
 * What was sold of a SKU on a day, net of refunds, in 256 shards: their sum is the day. A reversal counts on the day of
 * the reversal, so a day that is over never changes. A document remembers each of its sales in its watermark, at most
 * 90 bytes each, and DynamoDB takes 400 KB: one for a whole day would hold some 4 000 sales, and be written by every
 * partition at once ("Using write sharding to distribute workloads evenly", DynamoDB Developer Guide).
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
  ({ aggregateId, payload, occurredOn }) => ({
    group: parse(line, payload, 'seller.sku-sales').sku,
    item: `${dayOf(occurredOn)}#${shardOf(aggregateId)}`,
  }),
);
