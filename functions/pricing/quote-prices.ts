import { z } from 'zod';
import { sku } from '../../shared/define/identifiers.ts';
import type { Money } from '../../shared/define/money.ts';
import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { currentPrice, type CurrentPrice } from './projections/current-price.ts';

const MAX_SKUS = 50;
const MAX_CHARACTERS = MAX_SKUS * 41;

/** `?skus=a,b,c`: 1 to 50 SKUs; one that is named twice is quoted once. */
export const quotePricesQuery = z.strictObject({
  skus: z
    .string({ error: 'is required: 1 to 50 SKUs with commas between them' })
    .max(MAX_CHARACTERS)
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(sku).min(1).max(MAX_SKUS)),
});

export interface Quotes {
  readonly prices: readonly Quote[];
  /** SKUs that have no price. */
  readonly unknown: readonly string[];
}

interface Quote {
  readonly sku: string;
  readonly price: Money;
  readonly basePrice: Money;
  readonly promotionId?: string | undefined;
}

/** What some SKUs cost now, in the order in which they were asked for. */
export const quotePrices = async (
  store: Pick<ProjectionStore, 'read'>,
  skus: readonly string[],
): Promise<Quotes> => {
  const found = await store.read<CurrentPrice>(
    currentPrice.name,
    skus.map((sku) => ({ group: sku, item: sku })),
  );
  const prices = found.flatMap((stored): Quote[] => {
    const { sku, price, basePrice, promotionId } = stored?.doc ?? {};
    return sku && price && basePrice ? [{ sku, price, basePrice, promotionId }] : [];
  });
  const priced = new Set(prices.map(({ sku }) => sku));
  return { prices, unknown: skus.filter((sku) => !priced.has(sku)) };
};
