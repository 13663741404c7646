import { CustomerClosed } from '../../../functions/customer/events.ts';
import {
  InventoryCommitted,
  InventoryReleased,
  InventoryReserved,
  StockReceived,
} from '../../../functions/inventory/events.ts';
import {
  OrderCancelled,
  OrderCompleted,
  OrderConfirmed,
  OrderSubmitted,
} from '../../../functions/order/events.ts';
import { PaymentProcessed, PaymentRefunded } from '../../../functions/payment/events.ts';
import { PriceSet } from '../../../functions/pricing/events.ts';
import { ProductCreated } from '../../../functions/product/events.ts';
import {
  PromotionCreated,
  PromotionRedeemed,
  PromotionRedemptionReleased,
} from '../../../functions/promotion/events.ts';
import { ReviewPublished } from '../../../functions/review/events.ts';
import { CartCheckedOut } from '../../../functions/shopping/events.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { EventDefinition } from '../../../shared/define/event.ts';

export interface QuotedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly currency: string };
  readonly promotionId?: string | undefined;
}

interface Stock {
  readonly received: number;
  readonly reserved: number;
  readonly sold: number;
}

interface BookedOrder {
  readonly customerId: string;
  readonly lines: readonly QuotedLine[];
  readonly total: number;
  readonly status: 'submitted' | 'confirmed' | 'cancelled' | 'completed';
  /** Captured minus refunded, minor units. */
  readonly paid: number;
}

/** What the topics say of a day, added up without any fold of the mesh: the figures its views must come to. */
export interface Book {
  readonly stock: ReadonlyMap<string, Stock>;
  readonly orders: ReadonlyMap<string, BookedOrder>;
  /** How often each order was submitted: once. */
  readonly submissions: ReadonlyMap<string, number>;
  readonly checkOuts: ReadonlyMap<string, { readonly lines: readonly QuotedLine[]; readonly total: number }>;
  /** Every price that a SKU ever had. */
  readonly prices: ReadonlyMap<string, ReadonlySet<number>>;
  readonly limits: ReadonlyMap<string, number>;
  /** Promotion → the orders whose redemption stands. */
  readonly redemptions: ReadonlyMap<string, ReadonlySet<string>>;
  readonly sellerOf: ReadonlyMap<string, string>;
  /** SKU → customer → stars, of published reviews. */
  readonly stars: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly closed: ReadonlySet<string>;
}

/** The payloads of one kind of event, each with the aggregate it is of. */
const all = <Type extends string, Payload>(
  events: readonly EventEnvelope[],
  definition: EventDefinition<Type, Payload>,
): readonly Payload[] => events.filter((event) => definition.is(event)).map(({ payload }) => payload);

const sumBy = <T>(items: readonly T[], keyOf: (item: T) => string, amount: (item: T) => number) => {
  const sums = new Map<string, number>();
  for (const item of items) sums.set(keyOf(item), (sums.get(keyOf(item)) ?? 0) + amount(item));
  return sums;
};

const groupInto = <T, V>(items: readonly T[], keyOf: (item: T) => string, valueOf: (item: T) => V) =>
  new Map([...Map.groupBy(items, keyOf)].map(([key, group]) => [key, new Set(group.map(valueOf))]));

const stockOf = (events: readonly EventEnvelope[]): ReadonlyMap<string, Stock> => {
  const sku = (payload: { sku: string }): string => payload.sku;
  const quantity = (payload: { quantity: number }): number => payload.quantity;
  const [received, reserved, released, committed] = [
    sumBy(all(events, StockReceived), sku, quantity),
    sumBy(all(events, InventoryReserved), sku, quantity),
    sumBy(all(events, InventoryReleased), sku, quantity),
    sumBy(all(events, InventoryCommitted), sku, quantity),
  ];
  return new Map(
    [...received].map(([key, pieces]) => {
      const sold = committed.get(key) ?? 0;
      const held = (reserved.get(key) ?? 0) - (released.get(key) ?? 0) - sold;
      return [key, { received: pieces, reserved: held, sold }];
    }),
  );
};

const ordersOf = (events: readonly EventEnvelope[]): ReadonlyMap<string, BookedOrder> => {
  const ended = (definition: EventDefinition): ReadonlySet<string> =>
    new Set(events.filter((event) => definition.is(event)).map(({ aggregateId }) => aggregateId));
  const [confirmed, cancelled, completed] = [OrderConfirmed, OrderCancelled, OrderCompleted].map(ended);
  const of = ({ orderId }: { orderId: string }): string => orderId;
  const amount = (payload: { amount: { amount: number } }): number => payload.amount.amount;
  const captured = sumBy(all(events, PaymentProcessed), of, amount);
  const refunded = sumBy(all(events, PaymentRefunded), of, amount);
  return new Map(
    events
      .filter((event) => OrderSubmitted.is(event))
      .map(({ aggregateId: id, payload: { customerId, lines, total } }) => [
        id,
        {
          customerId,
          lines,
          total: total.amount,
          status: completed?.has(id)
            ? 'completed'
            : cancelled?.has(id)
              ? 'cancelled'
              : confirmed?.has(id)
                ? 'confirmed'
                : 'submitted',
          paid: (captured.get(id) ?? 0) - (refunded.get(id) ?? 0),
        },
      ]),
  );
};

const starsOf = (events: readonly EventEnvelope[]): ReadonlyMap<string, ReadonlyMap<string, number>> =>
  new Map(
    [...Map.groupBy(all(events, ReviewPublished), ({ sku }) => sku)].map(([sku, published]) => [
      sku,
      new Map(published.map(({ customerId, stars }) => [customerId, stars])),
    ]),
  );

/** @param records the events of all topics, copies among them: each counts once */
export const bookOfDay = (records: readonly EventEnvelope[]): Book => {
  const events = [...new Map(records.map((event) => [event.eventId, event])).values()];
  const ordersBy = (definition: typeof PromotionRedeemed | typeof PromotionRedemptionReleased) =>
    groupInto(
      all<string, { promotionId: string; orderId: string }>(events, definition),
      ({ promotionId }) => promotionId,
      ({ orderId }) => orderId,
    );
  const released = ordersBy(PromotionRedemptionReleased);
  return {
    stock: stockOf(events),
    orders: ordersOf(events),
    submissions: new Map(
      [
        ...Map.groupBy(
          events.filter((event) => OrderSubmitted.is(event)),
          ({ aggregateId }) => aggregateId,
        ),
      ].map(([orderId, submitted]) => [orderId, submitted.length]),
    ),
    checkOuts: new Map(
      all(events, CartCheckedOut).map(({ orderId, lines, total }) => [
        orderId,
        { lines, total: total.amount },
      ]),
    ),
    prices: groupInto(
      all(events, PriceSet),
      ({ sku }) => sku,
      ({ price }) => price.amount,
    ),
    limits: new Map(all(events, PromotionCreated).map(({ promotionId, limit }) => [promotionId, limit])),
    redemptions: new Map(
      [...ordersBy(PromotionRedeemed)].map(([promotionId, orders]) => [
        promotionId,
        new Set([...orders].filter((orderId) => !released.get(promotionId)?.has(orderId))),
      ]),
    ),
    sellerOf: new Map(all(events, ProductCreated).map(({ sku, sellerId }) => [sku, sellerId])),
    stars: starsOf(events),
    closed: new Set(all(events, CustomerClosed).map(({ customerId }) => customerId)),
  };
};
