import {
  DeliveryArranged,
  DeliveryCancelled,
  DeliveryCompleted,
  DeliveryDispatched,
} from '../../../functions/delivery/events.ts';
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
  OrderCreated,
  OrderSubmitted,
} from '../../../functions/order/events.ts';
import { PaymentProcessed, PaymentRefunded } from '../../../functions/payment/events.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';

/** All that the contexts did for one order, added up from their events. */
export interface OrderBook {
  readonly orderId: string;
  status: 'none' | 'draft' | 'submitted' | 'confirmed' | 'cancelled' | 'completed';
  /** Minor units; 0 until it is submitted. */
  total: number;
  wanted: ReadonlyMap<string, number>;
  captured: number;
  refunded: number;
  delivery: 'none' | 'arranged' | 'dispatched' | 'completed' | 'cancelled';
  /** Pieces by SKU: held back for it, and gone for good. */
  readonly reserved: Map<string, number>;
  readonly committed: Map<string, number>;
}

/** Pieces of one SKU, added up from its events. */
export interface StockBook {
  received: number;
  reserved: number;
  committed: number;
}

export interface Books {
  readonly orders: ReadonlyMap<string, OrderBook>;
  readonly stocks: ReadonlyMap<string, StockBook>;
}

const add = (map: Map<string, number>, key: string, amount: number): void => {
  map.set(key, (map.get(key) ?? 0) + amount);
};

/**
 * Adds up what happened, by order and by SKU. Straight from the events, without the aggregates' own folds: whoever
 * checks them must not share their mistakes.
 * @param events of all contexts, each aggregate's in sequence
 */
export const openBooks = (events: readonly EventEnvelope[]): Books => {
  const orders = new Map<string, OrderBook>();
  const stocks = new Map<string, StockBook>();
  const order = (orderId: string): OrderBook => {
    const book: OrderBook = orders.get(orderId) ?? {
      orderId,
      status: 'none',
      total: 0,
      wanted: new Map(),
      captured: 0,
      refunded: 0,
      delivery: 'none',
      reserved: new Map(),
      committed: new Map(),
    };
    orders.set(orderId, book);
    return book;
  };
  const stock = (sku: string): StockBook => {
    const book = stocks.get(sku) ?? { received: 0, reserved: 0, committed: 0 };
    stocks.set(sku, book);
    return book;
  };
  const reserve = (orderId: string, sku: string, quantity: number): void => {
    add(order(orderId).reserved, sku, quantity);
    stock(sku).reserved += quantity;
  };

  for (const event of events) {
    const { aggregateId } = event;
    if (OrderCreated.is(event)) order(aggregateId).status = 'draft';
    else if (OrderSubmitted.is(event)) {
      const { total, lines } = event.payload;
      const wanted = new Map<string, number>();
      for (const { sku, quantity } of lines) add(wanted, sku, quantity);
      Object.assign(order(aggregateId), { status: 'submitted', total: total.amount, wanted });
    } else if (OrderConfirmed.is(event)) order(aggregateId).status = 'confirmed';
    else if (OrderCancelled.is(event)) order(aggregateId).status = 'cancelled';
    else if (OrderCompleted.is(event)) order(aggregateId).status = 'completed';
    else if (PaymentProcessed.is(event)) order(aggregateId).captured += event.payload.amount.amount;
    else if (PaymentRefunded.is(event)) order(aggregateId).refunded += event.payload.amount.amount;
    else if (DeliveryArranged.is(event)) order(aggregateId).delivery = 'arranged';
    else if (DeliveryDispatched.is(event)) order(aggregateId).delivery = 'dispatched';
    else if (DeliveryCompleted.is(event)) order(aggregateId).delivery = 'completed';
    else if (DeliveryCancelled.is(event)) order(aggregateId).delivery = 'cancelled';
    else if (StockReceived.is(event)) stock(aggregateId).received += event.payload.quantity;
    else if (InventoryReserved.is(event)) reserve(event.payload.orderId, aggregateId, event.payload.quantity);
    else if (InventoryReleased.is(event))
      reserve(event.payload.orderId, aggregateId, -event.payload.quantity);
    else if (InventoryCommitted.is(event)) {
      const { orderId, quantity } = event.payload;
      reserve(orderId, aggregateId, -quantity);
      add(order(orderId).committed, aggregateId, quantity);
      stock(aggregateId).committed += quantity;
    }
  }
  return { orders, stocks };
};
