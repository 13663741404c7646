import { CreateTableCommand, waitUntilTableExists, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { FOR_REVIEW } from '../../functions/mesh/dead-letters/letter-table.ts';
import { keepAudits, type LedgerTables } from '../../functions/mesh/ledger/ledger-table.ts';
import type { PageAudit } from '../../functions/mesh/ledger/page-audit.ts';
import { readRows } from '../../functions/mesh/ledger/read-rows.ts';
import type { DeadLetter } from '../../shared/consume/dead-letters.ts';
import { dynamoDeadLetters } from '../../shared/consume/dynamo-dead-letters.ts';
import { dynamoLedger } from '../../shared/consume/dynamo-ledger.ts';
import type { LedgerEnd } from '../../shared/consume/ledger.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { createTable } from '../../shared/testing/create-table.ts';

const ORDERS = 'business-events-orders';
const PAYMENTS = 'business-events-payments';
const consumers = ['order.one', 'order.two'];

const deadLettersTable = async (client: DynamoDBClient): Promise<string> => {
  const TableName = `test-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['consumerKey', 'position', 'reviewFor', 'parkedAt'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [
        { AttributeName: 'consumerKey', KeyType: 'HASH' },
        { AttributeName: 'position', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: FOR_REVIEW,
          KeySchema: [
            { AttributeName: 'reviewFor', KeyType: 'HASH' },
            { AttributeName: 'parkedAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  return TableName;
};

const letter = (consumer: string, topic: string, offset: number): DeadLetter => ({
  consumer,
  functionName: consumer,
  topic,
  partition: 0,
  offset: String(offset),
  timestamp: 0,
  key: 'YQ==',
  value: null,
  headers: [],
  cause: { name: 'E', code: 'e', message: '', stack: '' },
  attempts: 1,
  firstFailedAt: '2026-03-01T12:00:00.000Z',
  lastFailedAt: '2026-03-01T12:00:00.000Z',
});

const auditOf = (consumer: string, topic: string, partition: number): PageAudit => ({
  ...{ consumer, topic, partition, at: '2026-03-01T12:00:00.000Z', earliest: 0, end: 9 },
  ...{ lag: 0, checked: 9, setAside: 0, expired: 0, pastRetention: 0, findingCount: 1 },
  findings: [{ kind: 'lost', first: 3, last: 3, why: 'gone' }],
});

describe.each(['dynamodb', 'ministack'] as const)('the ledger as operators read it, on %s', (engine) => {
  let tables: LedgerTables;
  beforeEach(async () => {
    const client = dynamoClient(inject('engines')[engine]);
    tables = {
      client,
      ledger: await createTable(client, 'consumer', 'page'),
      deadLetters: await deadLettersTable(client),
    };
    const ledger = dynamoLedger(client, tables.ledger);
    const ends: LedgerEnd[] = ['applied', 'duplicate', 'notForMe', 'parked', 'open'];
    for (const consumer of consumers) {
      for (const topic of [ORDERS, PAYMENTS]) {
        for (const partition of [0, 1, 10]) {
          const place = { consumer, functionName: consumer, topic, partition };
          await ledger.enter(
            place,
            ends.map((end, i) => ({ offset: i + (partition === 10 ? i : 0), end })),
          );
        }
      }
    }
  });

  const all = async (filter: Parameters<typeof readRows>[1], limit: number) => {
    const names: string[] = [];
    let after: string | undefined;
    do {
      const { items, next } = await readRows(tables, filter, { limit, after });
      expect(items.length).toBeLessThanOrEqual(limit);
      names.push(...items.map(({ consumer, topic, partition }) => `${consumer} ${topic}-${partition}`));
      after = next;
    } while (after !== undefined && names.length < 100);
    return names;
  };

  it('adds every page up, and says which do not close', async () => {
    const { items } = await readRows(tables, { consumer: 'order.one', topic: ORDERS }, { limit: 10 });
    expect(items.map(({ partition, closes }) => [partition, closes])).toEqual([
      [0, true],
      [1, true],
      [10, false],
    ]);
    expect(items[0]).toMatchObject({
      ...{ from: 0, next: 5, covered: 5, applied: 1, duplicate: 1, notForMe: 1, parked: 1 },
      inFlight: { count: 1, ranges: [[4, 4]] },
      missing: { count: 0, ranges: [] },
    });
    expect(items[2]?.missing).toEqual({
      count: 4,
      ranges: [
        [1, 1],
        [3, 3],
        [5, 5],
        [7, 7],
      ],
    });
  });

  it('gives page by page all there are, or those of a consumer or topic', async () => {
    const everything = await all({}, 100);
    expect(everything).toHaveLength(12);
    expect((await all({}, 5)).sort()).toEqual(everything.sort());
    const ofOne = ['0', '1', '10'];
    expect(await all({ consumer: 'order.two' }, 2)).toEqual(
      [ORDERS, PAYMENTS].flatMap((topic) => ofOne.map((partition) => `order.two ${topic}-${partition}`)),
    );
    expect((await all({ topic: PAYMENTS }, 4)).sort()).toEqual(
      consumers
        .flatMap((consumer) => ofOne.map((partition) => `${consumer} ${PAYMENTS}-${partition}`))
        .sort(),
    );
    expect(await all({ consumer: 'none' }, 4)).toEqual([]);
  });

  it('refuses to go on from what is no page', async () => {
    for (const after of [
      'nonsense',
      Buffer.from('{"consumer":"order.two","page":"x"}').toString('base64url'),
    ])
      await expect(readRows(tables, { consumer: 'order.one' }, { limit: 5, after })).rejects.toThrow('after');
  });

  it('counts the letters that nobody has settled', async () => {
    const letters = dynamoDeadLetters(tables.client, tables.deadLetters);
    await letters.park([letter('order.one', ORDERS, 1), letter('order.one', ORDERS, 2)]);
    await letters.keepRefused([letter('order.one', ORDERS, 3), letter('order.two', PAYMENTS, 3)]);
    const { items } = await readRows(tables, { consumer: 'order.one' }, { limit: 10 });
    expect(items.map(({ standing: { parked, refused } }) => [parked, refused])).toEqual([
      [2, 1],
      ...Array.from({ length: 5 }, () => [0, 0]),
    ]);
  });

  it('keeps the last audit beside each page, whatever its consumer enters', async () => {
    await keepAudits(tables, [auditOf('order.one', ORDERS, 1), auditOf('order.two', ORDERS, 1)], 'ada');
    await keepAudits(tables, [{ ...auditOf('order.one', ORDERS, 1), lag: 4 }], 'bob');
    await dynamoLedger(tables.client, tables.ledger).enter(
      { consumer: 'order.one', functionName: 'order.one', topic: ORDERS, partition: 1 },
      [{ offset: 5, end: 'applied' }],
    );
    const { items } = await readRows(tables, { consumer: 'order.one' }, { limit: 10 });
    expect(items).toHaveLength(6);
    expect(items.map(({ audit }) => audit?.by)).toEqual([
      undefined,
      'bob',
      ...Array.from({ length: 4 }, () => undefined),
    ]);
    const { consumer: _, topic: __, partition: ___, ...audit } = auditOf('order.one', ORDERS, 1);
    expect(items[1]).toMatchObject({ next: 6, audit: { ...audit, lag: 4 } });
    expect(await all({}, 7)).toHaveLength(12);
  });
});
