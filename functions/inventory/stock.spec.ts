import { describe, it } from 'vitest';
import type { NewEvent } from '../../shared/define/event.ts';
import { given } from '../../shared/testing/given.ts';
import {
  InventoryCommitted,
  InventoryReleased,
  InventoryReservationRejected,
  InventoryReserved,
  StockLow,
  StockReceived,
} from './events.ts';
import {
  commitReservation,
  receiveStock,
  releaseInventory,
  reserveInventory,
  stock,
  type StockState,
} from './stock.ts';

const sku = 'SKU-1';
const orderId = 'C-1.00000000-0000-8000-8000-000000000001';
const order = (quantity: number) => ({ orderId, lines: [{ sku, quantity }] });
const reason = 'payment declined';

const received = (quantity: number) => StockReceived.of({ sku, quantity });
const reserved = (quantity: number) => InventoryReserved.of({ sku, orderId, quantity });
const rejected = (requested: number, available: number) =>
  InventoryReservationRejected.of({ sku, orderId, requested, available });
const released = (quantity: number) => InventoryReleased.of({ sku, orderId, quantity, reason });
const committed = (quantity: number) => InventoryCommitted.of({ sku, orderId, quantity });

type Decision = (stocks: ReadonlyMap<string, StockState>) => ReadonlyMap<string, readonly NewEvent[]>;

/** A decision over several SKUs, seen from the only one it is about. */
const onOne = (decide: Decision) => (state: StockState) => decide(new Map([[sku, state]])).get(sku) ?? [];

const reserve = (quantity: number) => onOne((stocks) => reserveInventory(stocks, order(quantity)));
const release = onOne((stocks) => releaseInventory(stocks, { ...order(3), reason }));
const commit = onOne((stocks) => commitReservation(stocks, order(3)));

describe('ReceiveStock', () => {
  it('adds to what is on hand', () => {
    given(stock, [received(2)])
      .when(() => receiveStock(sku, { quantity: 5 }))
      .then([received(5)]);
  });
});

describe('ReserveInventory', () => {
  it('reserves what is available', () => {
    given(stock, [received(10)])
      .when(reserve(3))
      .then([reserved(3)]);
  });

  it('reserves the very last piece', () => {
    given(stock, [received(3)])
      .when(reserve(3))
      .then([reserved(3)]);
  });

  it('rejects one piece more than is available', () => {
    given(stock, [received(3)])
      .when(reserve(4))
      .then([rejected(4, 3)]);
  });

  it('rejects a SKU that was never received', () => {
    given(stock)
      .when(reserve(1))
      .then([rejected(1, 0)]);
  });

  it('adds up the lines of one SKU', () => {
    const lines = [
      { sku, quantity: 2 },
      { sku, quantity: 3 },
    ];
    given(stock, [received(20)])
      .when(onOne((stocks) => reserveInventory(stocks, { orderId, lines })))
      .then([reserved(5)]);
    given(stock, [received(4)])
      .when(onOne((stocks) => reserveInventory(stocks, { orderId, lines })))
      .then([rejected(5, 4)]);
  });

  it('takes effect once', () => {
    given(stock, [received(10), reserved(3)])
      .when(reserve(3))
      .then([]);
    given(stock, [received(10), reserved(3), committed(3)])
      .when(reserve(3))
      .then([]);
  });

  it('refuses other quantities than the order reserved before', () => {
    given(stock, [received(10), reserved(3)])
      .when(reserve(4))
      .thenRefused('reservation-exists');
  });

  it('refuses an order that was rejected before, also when stock has come since', () => {
    given(stock, [rejected(3, 0), received(10)])
      .when(reserve(3))
      .thenRefused('reservation-rejected');
  });

  it('refuses when it comes after its release', () => {
    given(stock, [received(10), reserved(3), released(3)])
      .when(reserve(3))
      .thenRefused('reservation-released');
  });

  it('refuses when the fence of a release came first', () => {
    given(stock, [received(10), released(0)])
      .when(reserve(3))
      .thenRefused('reservation-released');
  });

  it('warns when availability falls below the threshold', () => {
    given(stock, [received(5)])
      .when(reserve(1))
      .then([reserved(1), StockLow.of({ sku, available: 4, threshold: 5 })]);
  });

  it('does not warn at the threshold, nor again below it', () => {
    given(stock, [received(6)])
      .when(reserve(1))
      .then([reserved(1)]);
    given(stock, [received(4)])
      .when(reserve(1))
      .then([reserved(1)]);
  });
});

describe('ReleaseInventory', () => {
  it('gives back what was reserved', () => {
    given(stock, [received(10), reserved(3)])
      .when(release)
      .then([released(3)]);
  });

  it('leaves a fence where nothing was reserved', () => {
    given(stock, [received(10)])
      .when(release)
      .then([released(0)]);
  });

  it('takes effect once', () => {
    given(stock, [received(10), reserved(3), released(3)])
      .when(release)
      .then([]);
    given(stock, [released(0)])
      .when(release)
      .then([]);
  });

  it('needs no fence after a rejection', () => {
    given(stock, [rejected(3, 0)])
      .when(release)
      .then([]);
  });

  it('refuses when the items have left', () => {
    given(stock, [received(10), reserved(3), committed(3)])
      .when(release)
      .thenRefused('reservation-committed');
  });

  it('makes its quantity available to others', () => {
    given(stock, [received(3), reserved(3), released(3)])
      .when(onOne((stocks) => reserveInventory(stocks, { ...order(3), orderId: orderId.replace(/1$/, '2') })))
      .then([InventoryReserved.of({ sku, orderId: orderId.replace(/1$/, '2'), quantity: 3 })]);
  });
});

describe('CommitReservation', () => {
  it('takes what was reserved off the stock', () => {
    given(stock, [received(10), reserved(3)])
      .when(commit)
      .then([committed(3)]);
    given(stock, [received(3), reserved(3), committed(3)])
      .when(onOne((stocks) => reserveInventory(stocks, { ...order(1), orderId: orderId.replace(/1$/, '2') })))
      .then([rejectedFor(orderId.replace(/1$/, '2'))]);
  });

  it('takes effect once', () => {
    given(stock, [received(10), reserved(3), committed(3)])
      .when(commit)
      .then([]);
  });

  it.each([
    ['released', [received(10), reserved(3), released(3)]],
    ['rejected', [rejected(3, 0)]],
    ['unknown', [received(10)]],
  ])('refuses a reservation that is %s', (_, history: NewEvent[]) => {
    given(stock, history).when(commit).thenRefused('reservation-missing');
  });
});

const rejectedFor = (other: string) =>
  InventoryReservationRejected.of({ sku, orderId: other, requested: 1, available: 0 });
