import type { Money } from '../../../shared/define/money.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { InventoryReleased, InventoryReserved, StockReceived } from '../../inventory/events.ts';
import { PriceSet } from '../../pricing/events.ts';
import { ProductDiscontinued } from '../../product/events.ts';

/** What a SKU can be had for. */
export interface Offer {
  readonly sku: string;
  /** What a piece costs; unknown until pricing has set it. */
  readonly price?: Money | undefined;
  /** The promotion that made the price. */
  readonly promotionId?: string | undefined;
  /** Pieces that no order has reserved, as far as is known here; nobody is promised them. */
  readonly available: number;
  /** It is sold no more, for good. */
  readonly discontinued?: true | undefined;
}

/** An offer after some of it changed: always the same fields in the same order, whichever topic spoke first. */
const offer = (sku: string, { price, promotionId, available = 0, discontinued }: Partial<Offer>): Offer => ({
  sku,
  price,
  promotionId,
  available,
  discontinued,
});

const restocked = (sku: string, doc: Offer | undefined, pieces: number): Offer =>
  offer(sku, { ...doc, available: (doc?.available ?? 0) + pieces });

/**
 * Price and stock of every SKU, and whether it is sold no more: each topic has fields of its own, so they may come in any
 * order. What has left the warehouse was reserved before, so only receipts, reservations and releases change what is
 * available.
 */
export const offers = projection<Offer>(
  'shopping.offers',
  [
    init(PriceSet, ({ payload: { sku, price, promotionId } }, doc) =>
      offer(sku, { ...doc, price, promotionId }),
    ),
    init(StockReceived, ({ payload: { sku, quantity } }, doc) => restocked(sku, doc, quantity)),
    init(InventoryReserved, ({ payload: { sku, quantity } }, doc) => restocked(sku, doc, -quantity)),
    init(InventoryReleased, ({ payload: { sku, quantity } }, doc) => restocked(sku, doc, quantity)),
    init(ProductDiscontinued, ({ payload: { sku } }, doc) => offer(sku, { ...doc, discontinued: true })),
  ],
  // A price, a stock and a product all have the SKU as their id.
  ({ aggregateId }) => ({ group: aggregateId, item: aggregateId }),
);
