import pMap from 'p-map';
import { z } from 'zod';
import { allDocuments, listDocuments } from '../../shared/project/find-document.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { listings } from './projections/listings.ts';
import { skuSales } from './projections/sku-sales.ts';
import { addTotals, type SalesTotal } from './sales-totals.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS = 31;
/**
 * By reckoning, not measured: at hundreds of sales a day and SKU, nearly all 256 shards of 31 days are there, 7 900
 * documents of some 500 bytes, in 80 queries of 100. A query of 50 KB is taken to cost 10 ms of the function's share of a
 * processor (0.29 at 512 MB), 0.8 s a listing, so 20 of them take 16 s of the 29 s that there are.
 */
const LISTINGS_A_PAGE = 20;
const QUERIES_IN_PARALLEL = 16;

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;

/** UTC days, both included; `after` from the page before, for sellers of more than 20 articles. */
export const salesQuery = z
  .strictObject({ from: z.iso.date(), to: z.iso.date(), after: z.string().min(1).max(250).optional() })
  .superRefine(({ from, to }, context) => {
    const days = daysBetween(from, to);
    if (days < 1) context.addIssue({ code: 'custom', path: ['to'], message: 'must not be before from' });
    if (days > MAX_DAYS)
      context.addIssue({ code: 'custom', path: ['to'], message: `must be within ${MAX_DAYS} days of from` });
  });
export type SalesQuery = z.infer<typeof salesQuery>;

export interface SellerSales {
  readonly sellerId: string;
  readonly from: string;
  readonly to: string;
  /** Over the listings of this page: all of them when there is no `next`. */
  readonly totals: readonly SalesTotal[];
  /** The listings of which anything was sold or given back. */
  readonly skus: readonly { readonly sku: string; readonly totals: readonly SalesTotal[] }[];
  readonly next: string | undefined;
}

/** What a seller's articles sold in some days, net of refunds: one page of listings, and the days of each of them. */
export const salesOfSeller = async (
  store: ProjectionStore,
  sellerId: string,
  { from, to, after }: SalesQuery,
): Promise<SellerSales> => {
  const { items, next } = await listDocuments(store, listings, sellerId, { limit: LISTINGS_A_PAGE, after });
  const sold = await pMap(items, ({ sku }) => salesOfSku(store, sku, from, to), {
    concurrency: QUERIES_IN_PARALLEL,
  });
  const skus = items
    .map(({ sku }, i) => ({ sku, totals: sold[i] ?? [] }))
    .filter(({ totals }) => totals.length > 0);
  const totals = skus.reduce((sum: readonly SalesTotal[], sku) => addTotals(sum, sku.totals), []);
  return { sellerId, from, to, totals, skus, next };
};

/**
 * Over as many pages as the days take: what a page leaves out would be missing without a word. A day itself is no item,
 * and sorts before all of its own, `<day>#<shard>`.
 */
const salesOfSku = async (
  store: ProjectionStore,
  sku: string,
  from: string,
  to: string,
): Promise<SalesTotal[]> => {
  const parts = await allDocuments(store, skuSales, sku, { after: from, wanted: ({ day }) => day <= to });
  return addTotals(
    [],
    parts.flatMap(({ totals }) => totals),
  );
};
