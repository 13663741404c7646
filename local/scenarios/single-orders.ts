import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Endpoints } from '../mesh/endpoints.ts';
import { charges } from './money.ts';
import { line, type OrderRequest, type Shop } from './shop.ts';

export interface Scenario {
  readonly name: string;
  /** Plays it and checks it; answers one line on what came of it, throws when that is not what it should be. */
  play(shop: Shop, endpoints: Endpoints): Promise<string>;
}

const STOCK = 10;
const QUANTITY = 2;

/** The provider's net of one order, in minor units. */
const paidFor = async (endpoints: Endpoints, orderId: string): Promise<number> =>
  (await charges(endpoints))
    .filter(({ reference }) => reference === orderId)
    .reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);

/** One order on a SKU of its own that must be cancelled, with its stock and its money back where they were. */
const cancelled = (
  name: string,
  request: Omit<OrderRequest, 'lines'>,
  failedStep: string,
  quantity = QUANTITY,
): Scenario => ({
  name,
  play: async (shop, endpoints) => {
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await shop.receive(sku, STOCK);
    const orderId = await shop.place({ ...request, lines: [line(sku, quantity)] });
    const { status, reason } = await shop.final(orderId);
    assert.equal(status, 'cancelled');
    const saga = await shop.sagaEnd(orderId);
    assert.equal(saga.status, 'compensated');
    const step = saga.steps.find(({ stepId }) => stepId === failedStep);
    assert.ok(
      step && !['done', 'pending', 'running'].includes(step.status),
      `${failedStep} is ${step?.status ?? 'unknown'}`,
    );
    await shop.availability(sku, ({ onHand, available }) => onHand === STOCK && available === STOCK);
    assert.equal(await paidFor(endpoints, orderId), 0);
    return `cancelled: ${reason ?? ''}; stock and money are back`;
  },
});

const confirmed: Scenario = {
  name: 'confirmed',
  play: async (shop, endpoints) => {
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await shop.receive(sku, STOCK);
    const orderId = await shop.place({ lines: [line(sku, QUANTITY, 1_990)] });
    assert.equal((await shop.final(orderId)).status, 'confirmed');
    assert.equal((await shop.sagaEnd(orderId)).status, 'confirmed');
    await shop.availability(
      sku,
      ({ reserved, available }) => reserved === QUANTITY && available === STOCK - QUANTITY,
    );
    assert.equal(await paidFor(endpoints, orderId), QUANTITY * 1_990);
    return `confirmed: ${String(QUANTITY)} pieces reserved, 39.80 EUR captured`;
  },
};

const sameCommandTwice: Scenario = {
  name: 'same command sent twice',
  play: async (shop, endpoints) => {
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await shop.receive(sku, STOCK);
    const customerId = randomUUID();
    const request = { lines: [line(sku, QUANTITY)], customerId };
    const key = randomUUID();
    const [first, second] = await Promise.all([shop.place(request, key), shop.place(request, key)]);
    const third = await shop.place(request, key);
    assert.deepEqual([second, third], [first, first]);
    assert.equal((await shop.final(first)).status, 'confirmed');
    await shop.availability(sku, ({ available }) => available === STOCK - QUANTITY);
    assert.equal((await charges(endpoints)).filter(({ reference }) => reference === first).length, 1);
    const { body } = await shop.get(`/customers/${customerId}/orders`);
    assert.equal((body as { items: unknown[] }).items.length, 1);
    const other = await shop.post('/orders', { customerId, currency: 'EUR' }, key);
    assert.equal(other.status, 422);
    return 'one order, one reservation, one charge; another body under the key: 422';
  },
};

/** Each ends one way, by itself. */
export const singleOrders: readonly Scenario[] = [
  confirmed,
  cancelled('payment declined', { paymentMethod: 'card-declined' }, 'ProcessPayment'),
  cancelled('out of stock', {}, 'ReserveInventory', STOCK + 1),
  cancelled('carrier refuses', { postcode: 'REFUSE' }, 'ArrangeDelivery'),
  cancelled('carrier never answers', { postcode: 'SILENT' }, 'ArrangeDelivery'),
  sameCommandTwice,
];
