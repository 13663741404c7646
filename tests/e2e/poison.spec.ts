import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { line, openShop, type Shop } from '../../local/scenarios/shop.ts';
import { deadLettersOf, type ParkedRecord } from './mesh-access/dead-letters-of.ts';
import { committed, mark, produce, type ForeignRecord } from './mesh-access/foreign-records.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import { OrderCreated } from '../../functions/order/events.ts';
import {
  ada,
  badRecords,
  bob,
  consumers,
  event,
  everyone,
  gapped,
  good,
  intact,
  lateOrder,
  partition,
  records,
  TOPIC,
  UNKNOWN_TYPE,
} from './mesh-access/poison-records.ts';

const WITHIN = { deadlineMs: 60_000, everyMs: 200 };
const mesh = inject('mesh');

let firstOffset: number;
let shop: Shop;
let parked: (consumer: string, key: Buffer | null) => Promise<readonly ParkedRecord[]>;

const offsetOf = (foreign: ForeignRecord): string => String(firstOffset + records.indexOf(foreign));
const letterOf = async (consumer: string, foreign: ForeignRecord): Promise<ParkedRecord | undefined> =>
  (await parked(consumer, foreign.key)).find(
    (letter) => letter.partition === partition && letter.offset === offsetOf(foreign),
  );

beforeAll(async () => {
  shop = openShop(mesh, await mintToken(mesh), WITHIN.deadlineMs);
  parked = await deadLettersOf(mesh);
  firstOffset = await produce(mesh.brokers, TOPIC, partition, records);
});

describe('bad records among good ones', () => {
  it('do not stop their partition: every consumer passes them', async () => {
    const groups = consumers.map(({ group }) => group);
    const behind = firstOffset + records.length;
    const passed = async () =>
      (await committed(mesh.brokers, TOPIC, partition, groups)).every((offset) => offset >= behind) ||
      undefined;
    await waitFor('every consumer group behind the bad records', passed, WITHIN);
  });

  it.each(intact)('do not touch good events of their own and of other keys: %s', async (orderId) => {
    const order = await waitFor(
      `order ${orderId} in its view`,
      async () => {
        const { status, body } = await shop.get(`/orders/${orderId}`);
        return status === 200 ? body : undefined;
      },
      WITHIN,
    );
    expect(order).toMatchObject({ status: 'draft', sequence: 1 });
  });

  it.each(badRecords)('$what: set aside, whole, by each consumer it is for ($code)', async (it) => {
    for (const consumer of it.parkedBy) {
      const letter = await waitFor(
        `${consumer} parks ${it.what}`,
        () => letterOf(consumer, it.record),
        WITHIN,
      );
      expect(letter).toMatchObject({
        consumer,
        topic: TOPIC,
        partition,
        offset: offsetOf(it.record),
        key: it.record.key?.toString('base64') ?? null,
        value: it.record.value?.toString('base64') ?? null,
        cause: { code: it.code, message: expect.any(String), stack: expect.any(String) },
        attempts: it.code === 'behind' ? 0 : 1,
        status: 'parked',
      });
      const sent = Object.entries({ ...it.record.headers, ...mark });
      expect(letter.headers).toEqual(sent.map(([name, bytes]) => ({ [name]: [...new Int8Array(bytes)] })));
      expect(letter.timestamp).toBeGreaterThan(Date.now() - 600_000);
    }
    for (const consumer of everyone.filter((name) => !it.parkedBy.includes(name))) {
      expect(await letterOf(consumer, it.record)).toBeUndefined();
    }
  });

  it('hold up the later events of their own key, and nothing else (promise 6)', async () => {
    expect((await shop.get(`/orders/${gapped}`)).body).toMatchObject({ sequence: 1, lines: [] });
  });

  it('good ones, and those that are merely not for a consumer, are not set aside', async () => {
    const notBad = records.filter((foreign) => !badRecords.some((b) => b.record === foreign));
    for (const foreign of notBad) {
      for (const consumer of everyone) expect(await letterOf(consumer, foreign)).toBeUndefined();
    }
  });

  it('a customer whose records were good goes on ordering', async () => {
    const sku = `sku-${randomUUID().slice(0, 8)}`;
    await shop.receive(sku, 5);
    const orderId = await shop.place({ customerId: ada, lines: [line(sku, 1)] });
    expect((await shop.final(orderId)).status).toBe('confirmed');
  });

  it('an event that comes later, in another batch, parks behind the bad one of its key', async () => {
    const late = [good(event(OrderCreated.of({ customerId: bob, currency: 'EUR' }), lateOrder), bob)];
    const offset = await produce(mesh.brokers, TOPIC, partition, late);
    const letter = await waitFor(
      'the late event among the dead letters',
      async () =>
        (await parked(orderSummary.name, Buffer.from(bob))).find((found) => found.offset === String(offset)),
      WITHIN,
    );
    expect(letter).toMatchObject({ cause: { code: 'behind' }, attempts: 0, status: 'parked' });
    expect((await shop.get(`/orders/${lateOrder}`)).status).toBe(404);
  });

  it('an event type that nobody knows is told by every consumer', async () => {
    const told = (): Set<string> =>
      new Set(
        readFileSync(join(mesh.logs, 'ministack.log'), 'utf8')
          .split('\n')
          .filter((text) => text.startsWith('{') && text.includes(UNKNOWN_TYPE))
          // A line that a function logged: JSON in one format (shared/observe).
          .map((text) => (JSON.parse(text) as { function: string }).function),
      );
    const all = () => (told().size >= consumers.length ? true : undefined);
    await waitFor(`a line of every consumer about ${UNKNOWN_TYPE}`, all, WITHIN);
  });
});
