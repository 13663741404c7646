import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { CARRIER_WEBHOOK_SECRET } from '../../local/providers/carrier-webhook.ts';
import { line, openShop, type Shop } from '../../local/scenarios/shop.ts';
import { sign } from '../../shared/http/webhook-signature.ts';
import { callApi, expectProblem, type ApiAnswer } from './mesh-access/call-api.ts';
import { decidedEvents, type DecidedEvents } from './mesh-access/decided-events.ts';
import { unknownOrder } from './mesh-access/routes.ts';

const DEADLINE_MS = 120_000;
const PATIENCE = { deadlineMs: DEADLINE_MS, everyMs: 200, upToMs: 2_000 };
const FIVE_MINUTES_MS = 300_000;

const mesh = inject('mesh');
let shop: Shop;
let decided: DecidedEvents;

beforeAll(async () => {
  shop = openShop(mesh, await mintToken(mesh), DEADLINE_MS);
  decided = await decidedEvents(mesh);
});

interface Signing {
  readonly id?: string;
  readonly at?: Date;
  readonly secret?: string;
}

/** A webhook as the carrier sends it, without a token; text is sent as it is. */
const send = (
  message: unknown,
  { id = randomUUID(), at = new Date(), secret = CARRIER_WEBHOOK_SECRET }: Signing = {},
): Promise<ApiAnswer> => {
  const body = typeof message === 'string' ? message : JSON.stringify(message);
  return post(body, { ...sign(secret, id, at, body) });
};

const post = (body: string, headers: Readonly<Record<string, string | undefined>>): Promise<ApiAnswer> =>
  callApi(
    mesh.api,
    '',
  )({
    method: 'POST',
    path: '/deliveries/carrier-events',
    headers: { authorization: undefined, 'idempotency-key': undefined, ...headers },
    body,
  });

/** An order that the carrier has accepted and whose saga has confirmed it. */
const confirmed = async (): Promise<string> => {
  const sku = `sku-${randomUUID().slice(0, 8)}`;
  await shop.receive(sku, 5);
  const orderId = await shop.place({ lines: [line(sku, 1, 1_990)] });
  expect(await shop.final(orderId)).toMatchObject({ status: 'confirmed' });
  return orderId;
};

const shows = (path: string, fields: object): Promise<unknown> =>
  waitFor(
    `GET ${path} with ${JSON.stringify(fields)}`,
    async () => {
      const answer = await shop.get(path);
      expect(answer).toMatchObject({ status: 200, body: fields });
      return answer;
    },
    PATIENCE,
  );

describe("the carrier's webhooks (INT-03)", () => {
  it('move a parcel to its customer: the order completes', async () => {
    const orderId = await confirmed();
    const tell = async (status: string) => {
      const response = await fetch(`${mesh.providers.carrier}/parcel-events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ reference: orderId, status }),
      });
      expect(response.status).toBe(202);
    };
    await tell('dispatched');
    await shows(`/deliveries/${orderId}`, { status: 'dispatched' });
    await tell('delivered');
    await shows(`/deliveries/${orderId}`, { status: 'completed' });
    await shows(`/orders/${orderId}`, { status: 'completed' });
  });

  it('are taken once, however often they come and however they are signed', async () => {
    const orderId = await confirmed();
    const id = randomUUID();
    const dispatched = { reference: orderId, status: 'dispatched' };
    const first = await send(dispatched, { id });
    expect(first).toMatchObject({
      status: 202,
      body: { orderId, written: [{ aggregateType: 'delivery', aggregateId: orderId, sequence: 2 }] },
    });
    const later = await send(dispatched, { id, at: new Date(Date.now() + 60_000) });
    expect(later).toMatchObject({ status: 202, body: first.body });
    // Under a new id it is another message that says the same: nothing is left to do.
    expect(await send(dispatched)).toMatchObject({ status: 202, body: { orderId, written: [] } });
    await shows(`/deliveries/${orderId}`, { status: 'dispatched', sequence: 2 });
  });

  it('that come too early are taken when they come again', async () => {
    const orderId = await confirmed();
    const id = randomUUID();
    const delivered = { reference: orderId, status: 'delivered' };
    expectProblem(await send(delivered, { id }), { status: 409, code: 'delivery-state' });
    await send({ reference: orderId, status: 'dispatched' });
    expect(await send(delivered, { id })).toMatchObject({ status: 202 });
    await shows(`/orders/${orderId}`, { status: 'completed' });
  });
});

describe("the carrier's webhooks are refused, and nothing is written", () => {
  it('unless they are signed, with the right secret, over that body, and lately', async () => {
    const orderId = await confirmed();
    const before = await decided.atRest();
    const body = JSON.stringify({ reference: orderId, status: 'dispatched' });
    const good = { ...sign(CARRIER_WEBHOOK_SECRET, randomUUID(), new Date(), body) };
    const another = `whsec_${Buffer.from('what somebody else might guess').toString('base64')}`;
    const ago = new Date(Date.now() - FIVE_MINUTES_MS - 5_000);
    const ahead = new Date(Date.now() + FIVE_MINUTES_MS + 60_000);
    const refused = [
      post(body, {}),
      post(body, { ...good, 'webhook-signature': undefined }),
      post(body, { ...good, 'webhook-id': randomUUID() }),
      post(body.replace('dispatched', 'delivered'), good),
      send(body, { secret: another }),
      send(body, { at: ago }),
      send(body, { at: ahead }),
    ];
    for (const answer of await Promise.all(refused))
      expectProblem(answer, { status: 401, code: 'webhook-not-verified' });
    expect(await decided.atRest()).toEqual(before);
  });

  it.each([
    ['no JSON', '{"reference":', 'malformed-json', ['']],
    ['no order', { reference: 'nothing', status: 'dispatched' }, 'schema-violation', ['reference']],
    ['an odd status', { reference: unknownOrder, status: 'lost' }, 'schema-violation', ['status']],
    ['nothing', '', 'schema-violation', ['reference', 'status']],
  ])('when they say %s', async (_what, message, code, paths) => {
    expectProblem(await send(message), { status: 400, code, paths });
  });

  it('when nobody booked that parcel', async () => {
    expectProblem(await send({ reference: unknownOrder, status: 'dispatched' }), {
      status: 404,
      code: 'delivery-unknown',
    });
  });
});
