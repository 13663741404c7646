import type { Money } from '../../../shared/define/money.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { InventoryReleased, InventoryReserved, StockReceived } from '../../inventory/events.ts';
import { PriceSet } from '../../pricing/events.ts';
import { RatingChanged } from '../../review/events.ts';
import { ProductChanged, ProductCreated, ProductDiscontinued } from '../events.ts';

/** Everything that a shop shows of a SKU. A part that nobody has told of yet is absent. */
export interface CataloguePage {
  readonly sku: string;
  readonly status?: 'listed' | 'discontinued' | undefined;
  readonly category?: string | undefined;
  readonly sellerId?: string | undefined;
  /** Of the product, as is the description. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** What a customer pays. */
  readonly price?: Money | undefined;
  readonly basePrice?: Money | undefined;
  /** The promotion that made the price. */
  readonly promotionId?: string | undefined;
  readonly stock?: { readonly available: number } | undefined;
  /** The average is rounded to two decimals. */
  readonly rating?: { readonly average: number; readonly count: number } | undefined;
  /** Of the product's last event here, so that a client can wait for its own write. */
  readonly sequence?: number | undefined;
}

/** The page of a SKU after a change to a part of it, its fields in one order whichever part came first. */
const changed = (
  page: CataloguePage | undefined,
  { aggregateId }: { readonly aggregateId: string },
  change: Partial<CataloguePage>,
): CataloguePage => {
  const next = { ...page, ...change };
  return {
    sku: aggregateId,
    status: next.status,
    category: next.category,
    sellerId: next.sellerId,
    name: next.name,
    description: next.description,
    price: next.price,
    basePrice: next.basePrice,
    promotionId: next.promotionId,
    stock: next.stock,
    rating: next.rating,
    sequence: next.sequence,
  };
};

/** What can be ordered is what came in, less what orders hold or have taken: a commit takes what was held. */
const stockAfter = (page: CataloguePage | undefined, change: number): CataloguePage['stock'] => ({
  available: (page?.stock?.available ?? 0) + change,
});

const twoDecimals = (value: number): number => Math.round(value * 100) / 100;

/**
 * The page of a SKU, joined of what four contexts say of it. All of their aggregates have the SKU as their id, and
 * any of them may come first.
 */
export const cataloguePage = projection<CataloguePage>(
  'product.catalogue-page',
  [
    init(ProductCreated, (event, page) => {
      const { category, sellerId, name, description } = event.payload;
      const { sequence } = event;
      return changed(page, event, { status: 'listed', category, sellerId, name, description, sequence });
    }),
    init(ProductChanged, (event, page) => {
      const { category, sellerId, name, description } = event.payload;
      const { sequence } = event;
      return changed(page, event, { status: 'listed', category, sellerId, name, description, sequence });
    }),
    init(ProductDiscontinued, (event, page) =>
      changed(page, event, { status: 'discontinued', sequence: event.sequence }),
    ),
    init(PriceSet, (event, page) => {
      const { price, basePrice, promotionId } = event.payload;
      return changed(page, event, { price, basePrice, promotionId });
    }),
    init(StockReceived, (event, page) =>
      changed(page, event, { stock: stockAfter(page, event.payload.quantity) }),
    ),
    init(InventoryReserved, (event, page) =>
      changed(page, event, { stock: stockAfter(page, -event.payload.quantity) }),
    ),
    init(InventoryReleased, (event, page) =>
      changed(page, event, { stock: stockAfter(page, event.payload.quantity) }),
    ),
    init(RatingChanged, (event, page) => {
      const { sum, count } = event.payload;
      return changed(page, event, { rating: { average: twoDecimals(sum / count), count } });
    }),
  ],
  ({ aggregateId }) => ({ group: aggregateId, item: aggregateId }),
);
