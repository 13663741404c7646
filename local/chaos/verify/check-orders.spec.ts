import { describe, expect, it } from 'vitest';
import {
  DeliveryArranged,
  DeliveryCancelled,
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
  OrderConfirmed,
  OrderCreated,
  OrderSubmitted,
} from '../../../functions/order/events.ts';
import { PaymentProcessed, PaymentRefunded } from '../../../functions/payment/events.ts';
import type { NewEvent } from '../../../shared/define/event.ts';
import { envelopesOf } from '../../../shared/testing/envelope-of.ts';
import { sealedForTest } from '../../../shared/testing/sealed-for-test.ts';
import { checkOrders, type Outside } from './check-orders.ts';
import { checkStock, expectedStock } from './check-stock.ts';
import { openBooks } from './order-books.ts';

const customerId = 'ada';
const orderId = 'ada.0190f3c2-5b7e-7c31-9d0a-1f2e3d4c5b6a';
const total = { amount: 300, currency: 'EUR' };
const line = { sku: 'tea', quantity: 3, unitPrice: { amount: 100, currency: 'EUR' } };
const deliveryAddress = sealedForTest('address');
const parcel = { orderId, customerId, trackingId: 'track-1', lines: [{ sku: 'tea', quantity: 3 }] };

const created = OrderCreated.of({ customerId, currency: 'EUR' });
const submitted = OrderSubmitted.of({
  customerId,
  lines: [line],
  total,
  deliveryAddress,
  paymentMethod: 'card-ok',
});
const confirmed = OrderConfirmed.of({ customerId, total });
const cancelled = OrderCancelled.of({ customerId, reason: 'x', lines: [line] });
const received = StockReceived.of({ sku: 'tea', quantity: 5 });
const reserved = InventoryReserved.of({ sku: 'tea', orderId, quantity: 3 });
const released = InventoryReleased.of({ sku: 'tea', orderId, quantity: 3, reason: 'x' });
const committed = InventoryCommitted.of({ sku: 'tea', orderId, quantity: 3 });
const paid = PaymentProcessed.of({ orderId, customerId, amount: total, chargeId: 'ch-1' });
const refunded = PaymentRefunded.of({ orderId, customerId, amount: total, refundId: 're-1', reason: 'x' });
const arranged = DeliveryArranged.of({ ...parcel, address: deliveryAddress });
const dispatched = DeliveryDispatched.of(parcel);

const books = (ofOrder: readonly NewEvent[], ofStock: readonly NewEvent[] = []) =>
  openBooks([...envelopesOf(orderId, ofOrder), ...envelopesOf('tea', ofStock)]);

const outside = (changes: Partial<Outside> = {}): Outside => ({
  charges: [{ reference: orderId, captured: 300, refunded: 0 }],
  sagas: new Map([[orderId, 'SUCCEEDED']]),
  accepted: { orders: [orderId], cancelled: new Set(), dispatched: new Set(), completed: new Set() },
  ...changes,
});

const sold = [created, submitted, paid, arranged, confirmed];

describe('an order that is whole', () => {
  it('confirmed: paid, on its way, its pieces held', () => {
    expect(checkOrders(books(sold, [received, reserved]), outside())).toEqual([]);
  });

  it('dispatched: its pieces gone', () => {
    const accepted = { ...outside().accepted, dispatched: new Set([orderId]) };
    const gone = books([...sold, dispatched], [received, reserved, committed]);
    expect(checkOrders(gone, outside({ accepted }))).toEqual([]);
    expect(expectedStock(gone).get('tea')).toEqual({ onHand: 2, reserved: 0, available: 2 });
  });

  it('cancelled: everything is back', () => {
    const back = books(
      [
        created,
        submitted,
        paid,
        refunded,
        DeliveryCancelled.of({ orderId, customerId, reason: 'x' }),
        cancelled,
      ],
      [received, reserved, released],
    );
    const charges = [{ reference: orderId, captured: 300, refunded: 300 }];
    expect(checkOrders(back, outside({ charges }))).toEqual([]);
  });
});

describe('an order that is not', () => {
  const whole = books(sold, [received, reserved]);

  it.each<[string, ReturnType<typeof books>, Partial<Outside>, RegExp]>([
    ['that never ended', books([created, submitted]), { charges: [] }, /never ended: it is submitted/],
    ['whose event is lost', books([]), { charges: [] }, /was accepted and is lost/],
    ['that nobody placed', whole, { accepted: { ...outside().accepted, orders: [] } }, /nobody's order/],
    [
      'that was not paid',
      books([created, submitted, arranged, confirmed], [reserved]),
      {},
      /0 captured and 0 refunded of 300/,
    ],
    [
      'whose delivery is missing',
      books([created, submitted, paid, confirmed], [reserved]),
      {},
      /its delivery none/,
    ],
    [
      'whose pieces were reserved twice',
      books(sold, [reserved, reserved]),
      {},
      /wants 3 × tea, has 6 × tea reserved/,
    ],
    [
      'that was dispatched but not taken off the stock',
      books([...sold, dispatched], [reserved]),
      {},
      /nothing committed/,
    ],
    [
      'cancelled, with the money kept',
      books([created, submitted, paid, cancelled]),
      {},
      /300 captured, 0 refunded/,
    ],
    [
      'cancelled, with its pieces held',
      books([created, submitted, cancelled], [reserved]),
      { charges: [] },
      /still holds 3 × tea/,
    ],
    [
      'charged twice',
      whole,
      { charges: [1, 2].map(() => ({ reference: orderId, captured: 300, refunded: 0 })) },
      /charged 2 times/,
    ],
    ['that the provider does not know of', whole, { charges: [] }, /the provider holds 0, due are 300/],
    ['whose saga is stuck', whole, { sagas: new Map([[orderId, 'FAILED']]) }, /the saga of .* is FAILED/],
    ['whose saga never began', whole, { sagas: new Map() }, /nowhere/],
    [
      'whose cancellation was accepted',
      whole,
      { accepted: { ...outside().accepted, cancelled: new Set([orderId]) } },
      /was cancelled and is confirmed/,
    ],
  ])('%s', (_, state, changes, deviation) => {
    expect(checkOrders(state, outside(changes)).join('\n')).toMatch(deviation);
  });

  it('a charge for an order that is none', () => {
    const charges = [...outside().charges, { reference: 'ghost', captured: 1, refunded: 0 }];
    expect(checkOrders(whole, outside({ charges }))).toEqual(['a charge for ghost, which is no order']);
  });
});

describe('stock', () => {
  it('is what was received, and never sold beyond it', () => {
    const state = books(sold, [received, reserved]);
    expect(checkStock(state, [{ sku: 'tea', quantity: 5 }])).toEqual([]);
    expect(
      checkStock(
        state,
        [5, 5].map((quantity) => ({ sku: 'tea', quantity })),
      ),
    ).toEqual(['tea: 10 pieces were accepted, 5 are booked']);
    expect(checkStock(books(sold, [reserved]), [])).toEqual(['tea: 3 reserved and 0 sold of 0']);
  });
});
