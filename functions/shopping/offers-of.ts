import type { ProjectionStore } from '../../shared/project/projection-store.ts';
import { offers, type Offer } from './projections/offers.ts';

/** The offers of some SKUs as they are now, by SKU; one that nobody has told of has no price and no stock. */
export type OffersOf = (skus: readonly string[]) => Promise<ReadonlyMap<string, Offer>>;

/** Reads them from the view, up to 100 in one request. */
export const offersOf =
  (store: ProjectionStore): OffersOf =>
  async (skus) => {
    const found = await store.read<Offer>(
      offers.name,
      skus.map((sku) => ({ group: sku, item: sku })),
    );
    return new Map(skus.map((sku, i) => [sku, found[i]?.doc ?? { sku, available: 0 }]));
  };
