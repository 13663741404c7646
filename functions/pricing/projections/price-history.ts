import type { Money } from '../../../shared/define/money.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { PriceSet } from '../events.ts';

/** A price, and since when. */
export interface PriceChange {
  readonly sku: string;
  readonly since: string;
  readonly price: Money;
  readonly basePrice: Money;
  /** The promotion that made the price. */
  readonly promotionId?: string | undefined;
  /** The schedule that was due. */
  readonly scheduleId?: string | undefined;
  readonly sequence: number;
}

/** Sequences have up to ten digits (shared/decide/dynamo-event-store.ts), and items sort as text. */
const SEQUENCE_DIGITS = 10;

/**
 * A SKU's prices, one document for each, in their order. A document is made of one event and never changes; it knows none
 * of the others, so a price that was set to what it was has a document, too.
 */
export const priceHistory = projection<PriceChange>(
  'pricing.price-history',
  [
    init(PriceSet, ({ payload, occurredOn, sequence }) => ({
      sku: payload.sku,
      since: occurredOn,
      price: payload.price,
      basePrice: payload.basePrice,
      promotionId: payload.promotionId,
      scheduleId: payload.scheduleId,
      sequence,
    })),
  ],
  ({ aggregateId, sequence }) => ({
    group: aggregateId,
    item: String(sequence).padStart(SEQUENCE_DIGITS, '0'),
  }),
);
