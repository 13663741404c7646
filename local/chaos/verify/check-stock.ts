import type { Books } from './order-books.ts';

/** What a SKU's view must say: in minor detail what the events add up to. */
export interface StockLevels {
  readonly onHand: number;
  readonly reserved: number;
  readonly available: number;
}

/** What each SKU's availability must come to, from what was received and what orders hold and took. */
export const expectedStock = ({ stocks }: Books): ReadonlyMap<string, StockLevels> =>
  new Map(
    [...stocks].map(([sku, { received, reserved, committed }]) => {
      const onHand = received - committed;
      return [sku, { onHand, reserved, available: onHand - reserved }];
    }),
  );

/**
 * Stock that was received is there, once, and no SKU was sold beyond it (promise 9).
 * @param received what the API said yes to
 * @returns each deviation, named
 */
export const checkStock = (
  { stocks }: Books,
  received: readonly { readonly sku: string; readonly quantity: number }[],
): string[] => {
  const wanted = Map.groupBy(received, ({ sku }) => sku);
  const skus = new Set([...wanted.keys(), ...stocks.keys()]);
  return [...skus].flatMap((sku) => {
    const accepted = (wanted.get(sku) ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
    const {
      received: booked,
      reserved,
      committed,
    } = stocks.get(sku) ?? { received: 0, reserved: 0, committed: 0 };
    const found: string[] = [];
    if (booked !== accepted) found.push(`${sku}: ${accepted} pieces were accepted, ${booked} are booked`);
    if (reserved + committed > booked)
      found.push(`${sku}: ${reserved} reserved and ${committed} sold of ${booked}`);
    if (reserved < 0) found.push(`${sku}: ${reserved} reserved`);
    return found;
  });
};
