import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { notify } from '../../functions/notification/policies/notify.ts';
import { notificationId } from '../../functions/notification/events.ts';
import { orderSummary } from '../../functions/order/projections/order-summary.ts';
import type { LedgerRow } from '../../functions/mesh/ledger/ledger-row.ts';
import { waitFor } from '../../local/engines/wait-for.ts';
import { mintToken } from '../../local/mesh/identity.ts';
import { line, openShop } from '../../local/scenarios/shop.ts';
import { contextTables } from '../../local/scenarios/tables.ts';
import { topicRecords } from '../../local/scenarios/topic-records.ts';
import { consumerKeyOf, positionOf } from '../../shared/consume/dynamo-dead-letters.ts';
import { customerOf } from '../../shared/define/event.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { callApi } from './mesh-access/call-api.ts';
import { deadLettersTableOf } from './mesh-access/dead-letters-of.ts';
import { produce } from './mesh-access/foreign-records.ts';

const DEADLINE_MS = 100_000;
const ORDERS = 'business-events-orders';
const mesh = inject('mesh');
const client = dynamoClient(mesh.aws);
let token: string;
let orderId: string;

interface Told {
  readonly code: number;
  readonly rows: readonly LedgerRow[];
}

/** `npm run ledger`, as an operator runs it. */
const ledger = (...args: string[]): Promise<Told> =>
  new Promise((resolve, reject) => {
    const file = join(import.meta.dirname, '../../local/operate/ledger.ts');
    execFile(
      process.execPath,
      [file, '--instance', mesh.instance, '--json', ...args],
      { maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error ? Number(error.code) : 0;
        if (code > 1) reject(new Error(stderr));
        // As functions/mesh/ledger/ledger-row.ts has it.
        else resolve({ code, rows: JSON.parse(stdout) as LedgerRow[] });
      },
    );
  });

const lostIn = (rows: readonly LedgerRow[]): string[] =>
  rows.flatMap(({ topic, partition, audit }) =>
    (audit?.findings ?? []).map(({ kind, first }) => `${kind} ${topic}-${partition}@${first}`),
  );

/** What the API says of a consumer to anyone who asks. */
const toldByApi = async (consumer: string): Promise<string[]> => {
  const { status, body } = await callApi(
    mesh.api,
    token,
  )({
    method: 'GET',
    path: `/ops/ledger?consumer=${consumer}&topic=${ORDERS}&limit=100`,
  });
  expect(status).toBe(200);
  return lostIn((body as { items: LedgerRow[] }).items);
};

/** Where the events of our order are. */
const offsetsOf = async (type?: string): Promise<string[]> =>
  (await topicRecords(mesh.brokers, ORDERS))
    .filter(({ value }) => {
      const event = JSON.parse(value) as { aggregateId?: string; eventType?: string };
      return event.aggregateId === orderId && (type === undefined || event.eventType === type);
    })
    .map(({ partition, offset }) => `lost ${ORDERS}-${partition}@${offset}`);

/** Deletes an item by hand, sees what the ledger says, and puts it back. */
const without = async (
  TableName: string,
  Key: Record<string, AttributeValue>,
  see: () => Promise<void>,
): Promise<void> => {
  const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  if (!Item) throw new Error(`nothing to delete: ${JSON.stringify(Key)}`);
  await client.send(new DeleteItemCommand({ TableName, Key }));
  try {
    await see();
  } finally {
    await client.send(new PutItemCommand({ TableName, Item }));
  }
};

const tablesOf = async (context: string) => {
  const tables = (await contextTables(mesh)).find((each) => each.context === context);
  if (!tables) throw new Error(`${context} has no tables`);
  return tables;
};

beforeAll(async () => {
  token = await mintToken(mesh);
  const shop = openShop(mesh, token, DEADLINE_MS);
  const sku = `sku-${randomUUID().slice(0, 8)}`;
  await shop.receive(sku, 10);
  orderId = await shop.place({ lines: [line(sku, 1)] });
  await shop.final(orderId);
}, 2 * DEADLINE_MS);

/** The consumer has read the whole topic: nothing lags, nothing is in flight. */
const caughtUp = ({ rows }: Told): boolean =>
  rows.length > 0 && rows.every(({ audit, inFlight }) => audit?.lag === 0 && inFlight.count === 0);

const auditOf = (consumer: string): Promise<Told> =>
  waitFor(
    `${consumer} at the end of ${ORDERS}`,
    async () => {
      const told = await ledger('--consumer', consumer, '--topic', ORDERS);
      return caughtUp(told) ? told : undefined;
    },
    { deadlineMs: DEADLINE_MS, everyMs: 1_000 },
  );

describe('the ledger of the running mesh (promise 5)', () => {
  it(
    'closes for every consumer, and its audit finds every effect',
    async () => {
      const { code, rows } = await waitFor(
        'every consumer at the end of its topics',
        async () => {
          const told = await ledger();
          return caughtUp(told) ? told : undefined;
        },
        { deadlineMs: DEADLINE_MS, everyMs: 1_000 },
      );
      expect(lostIn(rows)).toEqual([]);
      expect(rows.filter(({ closes }) => !closes)).toEqual([]);
      expect(code).toBe(0);
      expect(new Set(rows.map(({ consumer }) => consumer)).size).toBeGreaterThan(7);
      for (const { covered, audit } of rows) expect(audit?.checked).toBe(covered);
    },
    2 * DEADLINE_MS,
  );

  it(
    'names the exact offsets of a document that somebody deleted',
    async () => {
      const { views = '' } = await tablesOf('order');
      const key = {
        groupKey: { S: `${orderSummary.name}#${customerOf(orderId)}` },
        itemKey: { S: orderId },
      };
      await without(views, key, async () => {
        const { code, rows } = await auditOf(orderSummary.name);
        expect(lostIn(rows).sort()).toEqual((await offsetsOf()).sort());
        expect(code).toBe(1);
        expect((await toldByApi(orderSummary.name)).sort()).toEqual((await offsetsOf()).sort());
      });
      expect((await auditOf(orderSummary.name)).code).toBe(0);
      expect(await toldByApi(orderSummary.name)).toEqual([]);
    },
    2 * DEADLINE_MS,
  );

  it(
    'names the exact offset whose policy’s commit somebody deleted',
    async () => {
      const { events } = await tablesOf('notification');
      const [confirmed] = (await topicRecords(mesh.brokers, ORDERS)).flatMap(({ value }) => {
        const event = JSON.parse(value) as { aggregateId: string; eventType: string; eventId: string };
        return event.aggregateId === orderId && event.eventType === 'OrderConfirmedEvent' ? [event] : [];
      });
      const customer = customerOf(orderId);
      const id = notificationId(customer, confirmed?.eventId ?? '');
      const key = {
        orderingKey: { S: customer },
        commit: { S: `notification#${id}#0000000001` },
      };
      await waitFor(
        'the notification',
        async () => (await client.send(new GetItemCommand({ TableName: events, Key: key }))).Item,
        { deadlineMs: DEADLINE_MS, everyMs: 500 },
      );
      await without(events, key, async () => {
        const { code, rows } = await auditOf(notify.name);
        expect(lostIn(rows)).toEqual(await offsetsOf('OrderConfirmedEvent'));
        expect(code).toBe(1);
        expect(await toldByApi(notify.name)).toEqual(await offsetsOf('OrderConfirmedEvent'));
      });
      expect((await auditOf(notify.name)).code).toBe(0);
    },
    2 * DEADLINE_MS,
  );

  it(
    'names the exact offset whose letter somebody deleted',
    async () => {
      const key = Buffer.from(randomUUID());
      const partition = 5;
      const offset = await produce(mesh.brokers, ORDERS, partition, [{ key, value: Buffer.from('poison') }]);
      const place = {
        consumerKey: { S: consumerKeyOf(orderSummary.name, key.toString('base64')) },
        position: { S: positionOf({ topic: ORDERS, partition, offset: String(offset) }) },
      };
      const table = await deadLettersTableOf(mesh);
      await waitFor(
        'the letter',
        async () => (await client.send(new GetItemCommand({ TableName: table, Key: place }))).Item,
        { deadlineMs: DEADLINE_MS, everyMs: 500 },
      );
      // While the letter stands, it accounts for the record.
      const { code, rows } = await auditOf(orderSummary.name);
      expect(lostIn(rows)).toEqual([]);
      expect(code).toBe(0);
      const [page] = rows.filter((row) => row.partition === partition);
      expect(page?.parked).toBeGreaterThan(0);
      expect(page?.standing.parked).toBeGreaterThan(0);
      expect(page?.audit?.setAside).toBeGreaterThan(0);

      await without(table, place, async () => {
        const told = await auditOf(orderSummary.name);
        expect(lostIn(told.rows)).toEqual([`lost ${ORDERS}-${partition}@${offset}`]);
        expect(told.code).toBe(1);
        expect(await toldByApi(orderSummary.name)).toEqual([`lost ${ORDERS}-${partition}@${offset}`]);
      });
    },
    2 * DEADLINE_MS,
  );
});
