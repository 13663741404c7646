import { randomUUID } from 'node:crypto';
import { ListTablesCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { line } from '../../local/scenarios/shop.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { expectProblem } from './mesh-access/call-api.ts';
import { customerSide, type Customer } from './mesh-access/customer-side.ts';
import { publishedUnder } from './mesh-access/published-events.ts';

const mesh = inject('mesh');
const { call, seen, customer } = await customerSide(mesh);

interface Submission {
  readonly reviewId: string;
  readonly written: readonly [{ readonly sequence: number }];
}

/** All that any table of the mesh holds, as text. */
const allTables = async (): Promise<string> => {
  const client = dynamoClient(mesh.aws);
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  expect(TableNames.length).toBeGreaterThan(10);
  const items: string[] = [];
  for (const TableName of TableNames)
    for await (const { Items } of paginateScan({ client }, { TableName })) items.push(JSON.stringify(Items));
  return items.join('\n');
};

describe('a customer who closes their account', () => {
  // Words that are found nowhere else.
  const mark = randomUUID();
  const who = { name: `Ada ${mark}`, email: `ada-${mark}@example.test` };
  const address = { line1: `Street ${mark}`, postcode: '10115', city: `City ${mark}`, country: 'DE' };
  const total = { amount: 3_000, currency: 'EUR' };
  let ada: Customer;
  const words = { title: `Ada ${mark}`, text: `I live in Street ${mark}` };
  let orderId: string;
  let reviewId: string;

  /** The review context learns by its topic that the order has arrived. */
  const submitReview = (): Promise<Submission> =>
    waitFor(
      'a review of a completed order taken',
      async () => {
        const body = { orderId, sku: ada.sku, stars: 4, ...words };
        const headers = { 'idempotency-key': randomUUID(), 'x-correlation-id': ada.correlationId };
        const answer = await call({ method: 'POST', path: '/reviews', body, headers });
        if (answer.status === 409) return undefined;
        expect(answer.status).toBe(202);
        // What POST /reviews answers with a 202.
        return answer.body as Submission;
      },
      { deadlineMs: 60_000 },
    );

  const expectNothingReadable = async (): Promise<void> => {
    const published = await publishedUnder(mesh, ada.correlationId);
    const types = published.map(({ eventType }) => eventType);
    expect(types).toEqual(expect.arrayContaining(['DeliveryArrangedEvent', 'ReviewSubmittedEvent']));
    for (const kept of [await allTables(), JSON.stringify(published)]) {
      expect(kept).toContain(ada.customerId);
      expect(kept).not.toContain(mark);
      expect(kept).not.toContain(ada.email);
    }
  };

  beforeAll(async () => {
    ada = await customer();
    const { customerId, sku, command } = ada;
    await command('POST', '/customers', { customerId, ...who });
    await command('PUT', `/customers/${customerId}/address`, address);
    await command('POST', `/customers/${customerId}/verify`, undefined);
    const order = {
      customerId,
      currency: 'EUR',
      lines: [line(sku, 2, 1_500)],
      deliveryAddress: address,
      paymentMethod: 'card-ok',
      submit: true,
    };
    // What POST /orders answers with a 202.
    ({ orderId } = (await command('POST', '/orders', order)) as { orderId: string });
    await seen(`/deliveries/${orderId}`, { status: 'arranged' });
    await command('POST', `/deliveries/${orderId}/dispatch`, undefined);
    await command('POST', `/deliveries/${orderId}/complete`, undefined);
    const submitted = await submitReview();
    ({ reviewId } = submitted);
    const { sequence } = submitted.written[0];
    await command('POST', `/reviews/${reviewId}/moderate`, { decision: 'publish', sequence });
  });

  it('sees until then what they gave', async () => {
    const { customerId, sku, email } = ada;
    await seen(`/customers/${customerId}`, { status: 'validated', ...who, address });
    await seen(`/orders/${orderId}`, { status: 'completed', deliveryAddress: address });
    await seen(`/deliveries/${orderId}`, { status: 'completed', address });
    await seen(`/customers/${customerId}/notification-preferences`, { email });
    await seen(`/customers/${customerId}/history`, {
      lifetimeValue: [{ currency: 'EUR', paid: 3_000, refunded: 0, value: 3_000 }],
      items: [{ orderId, status: 'completed', total, payment: 'paid', paid: total }],
    });
    await seen(`/reviews/${reviewId}`, { status: 'published', ...words });
    await seen(`/products/${sku}/reviews`, { items: [{ reviewId, stars: 4, ...words }] });
  });

  it('is readable in no table and on no topic even while they are a customer', () => expectNothingReadable());

  it('is gone from every answer within the time that a process holds a key', async () => {
    const { customerId, sku, command } = ada;
    await command('POST', `/customers/${customerId}/close`, { reason: 'customer-request' });
    await seen(`/customers/${customerId}`, { status: 'closed', name: null, email: null, address: null });
    await seen(`/orders/${orderId}`, { deliveryAddress: null });
    await seen(`/deliveries/${orderId}`, { address: null });
    await seen(`/customers/${customerId}/notification-preferences`, { email: null });
    await seen(`/products/${sku}/reviews`, { items: [{ reviewId, stars: 4, title: null, text: null }] });
    await expectNothingReadable();
  });

  it('leaves what was ordered and paid', () =>
    seen(`/customers/${ada.customerId}/history`, {
      lifetimeValue: [{ currency: 'EUR', value: 3_000 }],
      items: [{ orderId, status: 'completed', total, payment: 'paid' }],
    }));

  it('is taken back by nothing: they neither move nor register nor order again', async () => {
    const { customerId, sku } = ada;
    const refused = async (method: string, path: string, body: unknown, code: string): Promise<void> =>
      expectProblem(await call({ method, path, body }), { status: 409, code });
    await refused('POST', '/customers', { customerId, ...who }, 'customer-erased');
    await refused('PUT', `/customers/${customerId}/address`, address, 'customer-closed');
    await refused('POST', `/customers/${customerId}/verify`, undefined, 'customer-closed');
    const order = {
      customerId,
      currency: 'EUR',
      lines: [line(sku, 1)],
      deliveryAddress: address,
      paymentMethod: 'card-ok',
      submit: true,
    };
    await refused('POST', '/orders', order, 'customer-erased');
  });
});
