import { beforeAll, describe, expect, inject, it } from 'vitest';
import { mintToken } from '../../local/mesh/identity.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { callApi, expectProblem, type ApiAnswer, type Call } from './mesh-access/call-api.ts';
import { decidedEvents, type DecidedEvents } from './mesh-access/decided-events.ts';
import {
  address,
  commandRoutes,
  documentRoutes,
  draft,
  item,
  listRoutes,
  nobody,
  submission,
  unknownOrder,
} from './mesh-access/routes.ts';

const mesh = inject('mesh');
const KIB = 1024;

let call: (call: Call) => Promise<ApiAnswer>;
let decided: DecidedEvents;
let before: readonly EventEnvelope[];

beforeAll(async () => {
  call = callApi(mesh.api, await mintToken(mesh));
  decided = await decidedEvents(mesh);
  before = await decided.atRest();
});

describe.each(commandRoutes)('$method $path', ({ method, path, body }) => {
  it.each([
    ['cut off', JSON.stringify(body).slice(0, -1)],
    ['no JSON at all', 'customerId=1'],
    ['a number that JSON does not have', '{"quantity":NaN}'],
    ['nested deeper than it ends', '['.repeat(10_000)],
  ])('refuses a malformed body: %s', async (_, text) => {
    expectProblem(await call({ method, path, body: text }), {
      status: 400,
      code: 'malformed-json',
      paths: [''],
    });
  });

  it.each([['[]'], ['null'], ['"text"'], ['5'], ['true']])('refuses %s, which is no object', async (text) => {
    const answer = await call({ method, path, body: text });
    // A union looks at its discriminator first and names that.
    expectProblem(answer, { status: 400, code: 'schema-violation' });
  });

  it.each([
    ['is missing', undefined],
    ['is empty', ''],
    ['is over 100 characters long', 'k'.repeat(101)],
    ['has a space', 'one two'],
    ['is not ASCII', 'schl\u00fcssel'],
  ])('refuses a request whose Idempotency-Key %s', async (_, key) => {
    const answer = await call({ method, path, body, headers: { 'idempotency-key': key } });
    expectProblem(answer, { status: 400, code: 'schema-violation', paths: ['Idempotency-Key'] });
  });

  it('refuses a body of over 64 KiB, also one that would be right', async () => {
    const padded = JSON.stringify(body).padEnd(64 * KIB + 1);
    expectProblem(await call({ method, path, body: padded }), { status: 413, code: 'body-too-large' });
  });

  it('refuses a content type that is not JSON', async () => {
    const answer = await call({ method, path, body, headers: { 'content-type': 'text/plain' } });
    expectProblem(answer, { status: 415, code: 'not-json', paths: ['content-type'] });
  });
});

describe('a body that breaks its schema: every failing field is named', () => {
  const line = (change: object) => ({ ...draft, lines: [{ ...item, ...change }] });
  const money = (amount: unknown, currency: unknown = 'EUR') => ({ unitPrice: { amount, currency } });

  it.each<[string, object, string[]]>([
    ['nothing in it', {}, ['customerId', 'currency']],
    ['fields nobody knows', { ...draft, coupon: 'X', isAdmin: true }, ['coupon', 'isAdmin']],
    [
      '__proto__',
      JSON.parse('{"customerId":"c","currency":"EUR","__proto__":{"submit":true}}') as object,
      ['__proto__'],
    ],
    ['a customer id with a separator', { ...draft, customerId: 'a.b' }, ['customerId']],
    ['a customer id of 41 characters', { ...draft, customerId: 'c'.repeat(41) }, ['customerId']],
    ['a customer id in Greek', { ...draft, customerId: '\u03b1\u03b2\u03b3' }, ['customerId']],
    ['a currency that is none', { ...draft, currency: 'euro' }, ['currency']],
    ['a quantity of 0', line({ quantity: 0 }), ['lines.0.quantity']],
    ['a negative quantity', line({ quantity: -1 }), ['lines.0.quantity']],
    ['half a piece', line({ quantity: 1.5 }), ['lines.0.quantity']],
    ['a quantity beyond all numbers', line({ quantity: 1e300 }), ['lines.0.quantity']],
    ['a quantity as text', line({ quantity: '5' }), ['lines.0.quantity']],
    ['a quantity of null', line({ quantity: null }), ['lines.0.quantity']],
    ['a negative price', line(money(-1)), ['lines.0.unitPrice.amount']],
    ['a price with a fraction of a cent', line(money(0.5)), ['lines.0.unitPrice.amount']],
    ['a price of over 10 to the 12th', line(money(1_000_000_000_001)), ['lines.0.unitPrice.amount']],
    [
      'a price that no double can hold',
      line(money(Number.MAX_SAFE_INTEGER + 2)),
      ['lines.0.unitPrice.amount'],
    ],
    ['a SKU in emoji', line({ sku: '\u{1F600}' }), ['lines.0.sku']],
    [
      '51 lines',
      { ...draft, lines: Array.from({ length: 51 }, (_, i) => ({ ...item, sku: `s-${i}` })) },
      ['lines'],
    ],
    [
      'submitted, without where to and how paid',
      { ...draft, lines: [item], submit: true },
      ['deliveryAddress', 'paymentMethod'],
    ],
  ])('an order with %s', async (_, body, paths) => {
    const answer = await call({ method: 'POST', path: '/orders', body });
    expectProblem(answer, { status: 400, code: 'schema-violation', paths });
  });

  it.each<[string, string, string, object, string[]]>([
    ['POST', `/orders/${unknownOrder}/items`, 'no SKU', { ...item, sku: undefined }, ['sku']],
    [
      'POST',
      `/orders/${unknownOrder}/submit`,
      'card data',
      { ...submission, paymentMethod: '4111 1111 1111 1111' },
      ['paymentMethod'],
    ],
    [
      'POST',
      `/orders/${unknownOrder}/submit`,
      'half an address',
      { ...submission, deliveryAddress: { ...address, city: ' ', country: 'de' } },
      ['deliveryAddress.city', 'deliveryAddress.country'],
    ],
    ['POST', `/orders/${unknownOrder}/cancel`, 'an empty reason', { reason: '   ' }, ['reason']],
    ['POST', `/orders/${unknownOrder}/cancel`, 'a long reason', { reason: 'x'.repeat(41) }, ['reason']],
    ['POST', `/orders/${unknownOrder}/cancel`, 'prose', { reason: 'changed my mind' }, ['reason']],
    ['POST', '/inventory/sku-1/receipts', 'a million and one', { quantity: 1_000_001 }, ['quantity']],
    [
      'POST',
      `/deliveries/${unknownOrder}/dispatch`,
      'a body where none is needed',
      { force: true },
      ['force'],
    ],
    [
      'POST',
      '/deliveries/carrier-callbacks',
      'a status nobody knows',
      { reference: unknownOrder, status: 'lost' },
      ['status'],
    ],
    ['POST', '/deliveries/carrier-callbacks', 'no reference', { status: 'refused' }, ['reference']],
    [
      'PUT',
      `/customers/${nobody}/notification-preferences`,
      'no address and an unknown kind',
      { email: 'ada@', muted: ['gossip'] },
      ['email', 'muted.0'],
    ],
  ])('%s %s with %s', async (method, path, _, body, paths) => {
    expectProblem(await call({ method, path, body }), { status: 400, code: 'schema-violation', paths });
  });

  it.each([
    ['POST', '/inventory/sku%201/receipts', { quantity: 1 }, 'sku'],
    ['PUT', '/customers/a.b/notification-preferences', { email: 'ada@example.test' }, 'customerId'],
    ['POST', `/orders/${'x'.repeat(3000)}/cancel`, { reason: 'x' }, 'orderId'],
  ])('%s %s: a path parameter is named like a field', async (method, path, body, name) => {
    expectProblem(await call({ method, path, body }), {
      status: 400,
      code: 'schema-violation',
      paths: [name],
    });
  });
});

describe('queries', () => {
  it.each(documentRoutes)('GET %s: nothing is known of it', async (path) => {
    expectProblem(await call({ method: 'GET', path }), { status: 404, code: 'not-found' });
  });

  it.each(listRoutes)('GET %s: an unknown group is an empty page', async (path) => {
    expect(await call({ method: 'GET', path })).toMatchObject({ status: 200, body: { items: [] } });
  });

  it.each(listRoutes)('GET %s: parameters that break their schema are named', async (path) => {
    for (const [query, name] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['limit=many', 'limit'],
      ['colour=red', 'colour'],
    ] as const) {
      const answer = await call({ method: 'GET', path: `${path}?${query}` });
      expectProblem(answer, { status: 400, code: 'schema-violation', paths: [name] });
    }
  });

  it.each(['/orders/%F0%9F%98%80', '/orders/%FF', '/orders/a%20b%3A*/saga'])(
    'GET %s: an id that no order can have is unknown',
    async (path) => {
      expectProblem(await call({ method: 'GET', path }), { status: 404, code: 'not-found' });
    },
  );

  it('names an id that is longer than any', async () => {
    for (const path of [`/orders/${'x'.repeat(3000)}`, `/orders/${'x'.repeat(3000)}/saga`]) {
      expectProblem(await call({ method: 'GET', path }), {
        status: 400,
        code: 'schema-violation',
        paths: ['orderId'],
      });
    }
    const answer = await call({ method: 'GET', path: '/payments/ledger/2026-02-30' });
    expectProblem(answer, { status: 400, code: 'schema-violation', paths: ['day'] });
  });
});

describe('commands about nothing that is known', () => {
  const notFound = new Map([
    ['orders', 'order-unknown'],
    ['deliveries', 'delivery-unknown'],
    ['ops', 'saga-unknown'],
  ]);
  const acting = commandRoutes.filter(({ path }) => path.includes(unknownOrder));

  it.each(acting)('$method $path', async ({ method, path, body }) => {
    const code = notFound.get(path.split('/')[1] ?? '') ?? '';
    expectProblem(await call({ method, path, body }), { status: 404, code });
  });

  it('a carrier that answers what nobody asked', async () => {
    const body = { reference: unknownOrder, status: 'refused' };
    const answer = await call({ method: 'POST', path: '/deliveries/carrier-callbacks', body });
    expectProblem(answer, { status: 404, code: 'booking-unknown' });
  });
});

it('wrote nothing, whatever was sent', async () => {
  const known = new Set(before.map(({ eventId }) => eventId));
  expect((await decided.atRest()).filter(({ eventId }) => !known.has(eventId))).toEqual([]);
});
