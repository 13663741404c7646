import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Endpoints } from '../mesh/endpoints.ts';
import { charges } from './money.ts';
import { line, type Line, type Order, type Shop } from './shop.ts';

const ORDERS = 100;
const SKUS = 20;
const STOCK_PER_SKU = 12;

interface RushOrder {
  readonly lines: readonly Line[];
  readonly paymentMethod: string;
  readonly postcode: string;
}

/** Order n: one to three lines, mostly good, some declined, some refused. The same in every run. */
const rushOrder = (n: number, skus: readonly string[]): RushOrder => ({
  lines: Array.from({ length: 1 + (n % 3) }, (_, i) =>
    line(skus[(n * 7 + i * 3) % SKUS] ?? '', 1 + ((n + i) % 3), 500 + n),
  ),
  paymentMethod: n % 11 === 0 ? 'card-declined' : n % 13 === 0 ? 'card-flaky' : 'card-ok',
  postcode: n % 17 === 0 ? 'REFUSE' : '10115',
});

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

/**
 * 100 orders at once on 20 SKUs with too little stock. Checks the balances of promise 9: sold ≤ stock for every
 * SKU, every order confirmed or wholly cancelled, money captured minus refunded = money of confirmed orders.
 * @param meanwhile what else happens while the orders are under way
 */
export const rush = async (
  shop: Shop,
  endpoints: Endpoints,
  meanwhile: () => Promise<void> = async () => undefined,
): Promise<string> => {
  const skus = Array.from({ length: SKUS }, () => `sku-${randomUUID().slice(0, 8)}`);
  await Promise.all(skus.map((sku) => shop.receive(sku, STOCK_PER_SKU)));

  const requests = Array.from({ length: ORDERS }, (_, n) => rushOrder(n, skus));
  const placing = Promise.all(requests.map((request) => shop.place(request)));
  const [orderIds] = await Promise.all([placing, meanwhile()]);
  const orders = await Promise.all(orderIds.map((orderId) => shop.final(orderId)));
  const sagas = await Promise.all(orderIds.map((orderId) => shop.sagaEnd(orderId)));

  orders.forEach(({ orderId, status }, i) =>
    assert.equal(
      sagas[i]?.status,
      status === 'confirmed' ? 'confirmed' : 'compensated',
      `saga of ${orderId}`,
    ),
  );
  const sold = await checkStock(shop, skus, requests, orders);
  const taken = await checkMoney(endpoints, orders);
  const confirmed = orders.filter(({ status }) => status === 'confirmed').length;
  return `${String(confirmed)} confirmed, ${String(ORDERS - confirmed)} cancelled; ${String(sold)} of ${String(SKUS * STOCK_PER_SKU)} pieces sold, ${(taken / 100).toFixed(2)} EUR taken`;
};

const checkStock = async (
  shop: Shop,
  skus: readonly string[],
  requests: readonly RushOrder[],
  orders: readonly Order[],
): Promise<number> => {
  const sold = new Map(skus.map((sku) => [sku, 0]));
  orders.forEach(({ status }, i) => {
    for (const { sku, quantity } of status === 'confirmed' ? (requests[i]?.lines ?? []) : []) {
      sold.set(sku, (sold.get(sku) ?? 0) + quantity);
    }
  });
  for (const [sku, quantity] of sold) {
    assert.ok(quantity <= STOCK_PER_SKU, `${sku}: sold ${String(quantity)} of ${String(STOCK_PER_SKU)}`);
    // The view follows the events; once it has, it must say exactly what the confirmed orders add up to.
    await shop.availability(
      sku,
      ({ onHand, reserved, available }) =>
        onHand === STOCK_PER_SKU && reserved === quantity && available === STOCK_PER_SKU - quantity,
    );
  }
  return sum(sold.values());
};

const checkMoney = async (endpoints: Endpoints, orders: readonly Order[]): Promise<number> => {
  const ours = new Set(orders.map(({ orderId }) => orderId));
  const books = (await charges(endpoints)).filter(({ reference }) => ours.has(reference));
  assert.equal(
    new Set(books.map(({ reference }) => reference)).size,
    books.length,
    'an order was charged twice',
  );
  const taken = sum(books.map(({ captured, refunded }) => captured - refunded));
  const due = sum(
    orders.filter(({ status }) => status === 'confirmed').map(({ total }) => total?.amount ?? 0),
  );
  assert.equal(taken, due, 'captured minus refunded must be the total of confirmed orders');
  return taken;
};
