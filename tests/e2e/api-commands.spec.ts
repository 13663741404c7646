import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { callApi, expectProblem, type ApiAnswer, type Call } from './mesh-access/call-api.ts';
import { decidedEvents, type DecidedEvents } from './mesh-access/decided-events.ts';
import { address, item } from './mesh-access/routes.ts';
import { claimsOf } from './mesh-access/tokens.ts';

const mesh = inject('mesh');

let userId: string;
let call: (call: Call) => Promise<ApiAnswer>;
let decided: DecidedEvents;

beforeAll(async () => {
  const token = await mintToken(mesh);
  userId = claimsOf(token).sub;
  call = callApi(mesh.api, token);
  decided = await decidedEvents(mesh);
});

const post = (path: string, body: unknown, headers: Call['headers'] = {}): Promise<ApiAnswer> =>
  call({ method: 'POST', path, body, headers });

/** A new order in draft; its id. */
const drafted = async (lines: readonly object[] = [], customerId: string = randomUUID()): Promise<string> => {
  const { status, body } = await post('/orders', { customerId, currency: 'EUR', lines });
  expect(status).toBe(202);
  // What POST /orders answers with a 202.
  return (body as { orderId: string }).orderId;
};

/** What the order context wrote: notifications follow in their own time. */
const eventsOfCustomer = async (customerId: string) =>
  (await decided.all()).filter(
    ({ source, aggregateId }) => source === 'order' && aggregateId.startsWith(`${customerId}.`),
  );

describe('an Idempotency-Key', () => {
  it('answers a repeated request as before, and writes once', async () => {
    const customerId = randomUUID();
    const key = randomUUID();
    const body = { customerId, currency: 'EUR', lines: [item] };
    const first = await post('/orders', body, { 'idempotency-key': key });
    // The same request with its fields in another order, and written with spaces, is the same body.
    const again = JSON.stringify({ lines: [item], currency: 'EUR', customerId }, null, 2);
    const second = await post('/orders', again, { 'idempotency-key': key });
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    expect(await eventsOfCustomer(customerId)).toHaveLength(2);
  });

  it('is refused with another body, or on another path, and nothing is written', async () => {
    const customerId = randomUUID();
    const orderId = await drafted([item], customerId);
    const key = randomUUID();
    const headers = { 'idempotency-key': key };
    await post(`/orders/${orderId}/items`, { ...item, sku: 'sku-2' }, headers);
    const reused = { status: 422, code: 'idempotency-key-reused', paths: ['Idempotency-Key'] };
    expectProblem(await post(`/orders/${orderId}/items`, { ...item, sku: 'sku-3' }, headers), reused);
    expectProblem(await post(`/orders/${orderId}/cancel`, { reason: 'no' }, headers), reused);
    expect(await eventsOfCustomer(customerId)).toHaveLength(3);
  });

  it('used by many at once takes effect once', async () => {
    const customerId = randomUUID();
    const headers = { 'idempotency-key': randomUUID() };
    const body = { customerId, currency: 'EUR' };
    const answers = await Promise.all(Array.from({ length: 6 }, () => post('/orders', body, headers)));
    for (const answer of answers) {
      if (answer.status !== 202) expectProblem(answer, { status: 409, code: 'request-in-progress' });
    }
    const settled = await post('/orders', body, headers);
    expect(settled.status).toBe(202);
    for (const { status, body } of answers) if (status === 202) expect(body).toEqual(settled.body);
    expect(await eventsOfCustomer(customerId)).toHaveLength(1);
  });

  it('is free again after a refusal that wrote nothing', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const bad = { customerId: randomUUID(), currency: 'euro' };
    expectProblem(await post('/orders', bad, headers), { status: 400, code: 'schema-violation' });
    expect((await post('/orders', { ...bad, currency: 'EUR' }, headers)).status).toBe(202);
  });
});

describe('a business refusal is a 409 with its code, and writes nothing', () => {
  it('holds an order to its rules', async () => {
    const customerId = randomUUID();
    const orderId = await drafted([item], customerId);
    const refused = async (path: string, body: unknown, code: string) =>
      expectProblem(await post(`/orders/${orderId}/${path}`, body), { status: 409, code });
    const dollars = { ...item, sku: 'sku-2', unitPrice: { amount: 1, currency: 'USD' } };
    await refused('items', item, 'order-line-exists');
    await refused('items', dollars, 'order-currency');
    await post(`/orders/${orderId}/cancel`, { reason: 'changed-mind' });
    await refused('items', { ...item, sku: 'sku-2' }, 'order-state');
    await refused('submit', { deliveryAddress: address, paymentMethod: 'card-ok' }, 'order-state');
    const written = (await eventsOfCustomer(customerId)).map(({ eventType }) => eventType);
    expect(written).toEqual(['OrderCreatedEvent', 'OrderItemAddedEvent', 'OrderCancelledEvent']);
  });

  it('submits no order without items, and none beyond all money', async () => {
    const customerId = randomUUID();
    const submission = { deliveryAddress: address, paymentMethod: 'card-ok' };
    const empty = await drafted([], customerId);
    expectProblem(await post(`/orders/${empty}/submit`, submission), { status: 409, code: 'order-empty' });
    const yachts = { ...item, quantity: 1_000_000, unitPrice: { amount: 1e12, currency: 'EUR' } };
    const order = { customerId, currency: 'EUR', lines: [yachts], ...submission, submit: true };
    expectProblem(await post('/orders', order), { status: 409, code: 'order-too-large' });
    expect(await eventsOfCustomer(customerId)).toHaveLength(1);
  });

  it('takes a fiftieth line and no more', async () => {
    const lines = Array.from({ length: 50 }, (_, i) => ({ ...item, sku: `sku-${i}` }));
    const orderId = await drafted(lines);
    const answer = await post(`/orders/${orderId}/items`, { ...item, sku: 'sku-50' });
    expectProblem(answer, { status: 409, code: 'order-full' });
  });
});

describe('what is accepted', () => {
  it('a body of exactly 64 KiB', async () => {
    const body = JSON.stringify({ customerId: randomUUID(), currency: 'EUR' }).padEnd(64 * 1024);
    expect((await post('/orders', body)).status).toBe(202);
  });

  it('a body without a content type', async () => {
    const body = { customerId: randomUUID(), currency: 'EUR' };
    expect((await post('/orders', body, { 'content-type': undefined })).status).toBe(202);
  });

  it('comes back letter by letter, in whatever script (emoji, right to left, NUL, a lone surrogate)', async () => {
    const name =
      'e\u0301 \u00fc \u{1F469}\u200d\u{1F680} \u05e9\u05dc\u05d5\u05dd \u0000 \ud800 \uffff "\\\n</b>';
    const sellerId = randomUUID();
    expect((await post('/sellers', { sellerId, name })).status).toBe(202);
    const seen = await waitFor(
      'the seller in its view',
      async () => {
        const { status, body } = await call({ method: 'GET', path: `/sellers/${sellerId}` });
        // What GET /sellers/{id} answers with a 200.
        return status === 200 ? (body as { name: string }) : undefined;
      },
      { deadlineMs: 60_000, everyMs: 100 },
    );
    expect(seen.name).toBe(name);
  });
});

describe('x-correlation-id (OBS-13)', () => {
  const correlation = { 'x-correlation-id': `till-${randomUUID()}` };

  it('is echoed and reaches the metadata of the events, with who asked', async () => {
    const customerId = randomUUID();
    const key = randomUUID();
    const headers = { ...correlation, 'idempotency-key': key, 'x-session-id': 'session-7' };
    const { headers: echoed } = await post('/orders', { customerId, currency: 'EUR' }, headers);
    expect(echoed.get('x-correlation-id')).toBe(correlation['x-correlation-id']);
    const [event] = await eventsOfCustomer(customerId);
    expect(event?.metadata).toMatchObject({
      correlationId: correlation['x-correlation-id'],
      causationId: `${userId}/${key}`,
      userId,
      sessionId: 'session-7',
    });
  });

  it('is echoed on refusals and queries', async () => {
    const refused = await post('/orders', {}, correlation);
    expectProblem(refused, { status: 400, code: 'schema-violation' });
    expect(refused.body).toMatchObject({ correlationId: correlation['x-correlation-id'] });
    const page = await call({ method: 'GET', path: '/customers/ada/orders', headers: correlation });
    expect(page.headers.get('x-correlation-id')).toBe(correlation['x-correlation-id']);
  });

  it.each([
    ['with a space', 'a b'],
    ['of over 200 characters', 'x'.repeat(201)],
  ])('that could not be kept is replaced: one %s', async (_, id) => {
    const { headers } = await post('/orders', {}, { 'x-correlation-id': id });
    expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });
});
