import { on, policy } from '../../../shared/consume/policy.ts';
import type { Money } from '../../../shared/define/money.ts';
import { ProductImportStaged } from '../../product/events.ts';

/** What the lines of a file of products say that SKUs cost. */
export interface ImportedPrices {
  readonly importId: string;
  readonly prices: readonly { readonly line: number; readonly sku: string; readonly price: Money }[];
}

/** Whenever lines of a file of products were staged, the prices among them are set: also of products that exist. */
export const importPrices = policy<ImportedPrices>('pricing.import-prices', [
  on(ProductImportStaged, ({ payload: { importId, lines } }) => {
    const prices = lines.flatMap(({ line, fields: { sku, price } }) => (price ? [{ line, sku, price }] : []));
    return prices.length > 0 ? { importId, prices } : undefined;
  }),
]);
