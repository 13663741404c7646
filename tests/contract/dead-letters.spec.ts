import { paginateQuery, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import type { DeadLetter, DeadLetters } from '../../shared/consume/dead-letters.ts';
import { dynamoDeadLetters } from '../../shared/consume/dynamo-dead-letters.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryDeadLetters } from '../../shared/testing/memory-dead-letters.ts';

const letter = (offset: string, changes: Partial<DeadLetter> = {}): DeadLetter => ({
  consumer: 'test.consumer',
  functionName: 'event-mesh-test-consumer',
  topic: 'business-events-payments',
  partition: 3,
  offset,
  timestamp: 1_772_366_400_000,
  key: 'YTE=',
  value: 'e30=',
  headers: [{ ce_id: [49, -1] }],
  cause: { name: 'PermanentError', code: 'not-json', message: 'the value is not JSON', stack: 'at …' },
  attempts: 1,
  firstFailedAt: '2026-03-01T11:59:53.000Z',
  lastFailedAt: '2026-03-01T12:00:00.000Z',
  ...changes,
});

describe.each(['dynamodb', 'ministack'] as const)('letters in a table on %s', (engine) => {
  let client: DynamoDBClient;
  let table: string;
  let deadLetters: DeadLetters;
  beforeEach(async () => {
    client = dynamoClient(inject('engines')[engine]);
    table = await createTable(client, 'consumerKey', 'position');
    deadLetters = dynamoDeadLetters(client, table, fixedClock());
  });

  /** All that is parked for a key, in order. */
  const parked = async (consumerKey: string): Promise<Record<string, unknown>[]> => {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: table,
        KeyConditionExpression: 'consumerKey = :key',
        ExpressionAttributeValues: { ':key': { S: consumerKey } },
      },
    );
    for await (const page of pages) items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    return items.filter(({ position }) => position !== '!hold');
  };

  it('keep a record whole', async () => {
    await deadLetters.park([letter('17')]);
    expect(await parked('test.consumer|YTE=')).toEqual([
      {
        ...letter('17'),
        consumerKey: 'test.consumer|YTE=',
        position: 'business-events-payments|3|00000000000000000017',
        letterId: 'test.consumer~business-events-payments~3~17',
        status: 'parked',
        reviewFor: 'test.consumer',
        parkedAt: '2026-03-01T12:00:00.000Z',
      },
    ]);
  });

  it('keep the records of a key in the order of their offsets', async () => {
    await deadLetters.park(['9', '10', '9007199254740993', '100'].map((offset) => letter(offset)));
    const offsets = (await parked('test.consumer|YTE=')).map(({ offset }) => offset);
    expect(offsets).toEqual(['9', '10', '100', '9007199254740993']);
  });

  it('are not changed by parking the same record again', async () => {
    await deadLetters.park([letter('17')]);
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: {
          consumerKey: { S: 'test.consumer|YTE=' },
          position: { S: 'business-events-payments|3|00000000000000000017' },
        },
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: 'redriven' } },
      }),
    );
    await deadLetters.park([letter('17', { attempts: 4 }), letter('18')]);
    const found = await parked('test.consumer|YTE=');
    expect(found.map(({ status, attempts }) => [status, attempts])).toEqual([
      ['redriven', 1],
      ['parked', 1],
    ]);
  });

  it('keep consumers apart, and records without key or value', async () => {
    await deadLetters.park([
      letter('1', { consumer: 'other' }),
      letter('2', { key: null, value: null, headers: [] }),
    ]);
    expect(await parked('other|YTE=')).toHaveLength(1);
    expect(await parked('test.consumer|')).toMatchObject([{ key: null, value: null, headers: [] }]);
  });

  it('take keys and values of any size that Kafka lets through', async () => {
    const large = letter('5', {
      key: 'A'.repeat(4_000),
      value: 'Bc1='.repeat(350_000),
      headers: [{ odd: Array.from({ length: 2_000 }, (_, i) => (i % 256) - 128) }],
    });
    await deadLetters.park([large, large]);
    const [item, ...parts] = await parked(`test.consumer|sha256:${await sha256(large.key ?? '')}`);
    const position = 'business-events-payments|3|00000000000000000005';
    expect(item).toMatchObject({ position, status: 'parked', parts: 5 });
    expect(parts.map((part) => part['position'])).toEqual(
      ['00', '01', '02', '03', '04'].map((part) => `${position}|${part}`),
    );
    const { key, value, headers } = large;
    const text = parts.map(({ part }) => String(part)).join('');
    expect(JSON.parse(text)).toEqual({ key, value, headers });
  });
});

describe.each(['memory', 'dynamodb', 'ministack'] as const)('dead letters on %s', (engine) => {
  const A1 = 'YTE=';
  const B1 = 'YjE=';
  let deadLetters: DeadLetters;
  /** Another process at the same dead letters. */
  let others: DeadLetters;
  beforeEach(async () => {
    if (engine === 'memory') deadLetters = others = memoryDeadLetters();
    else {
      const client = dynamoClient(inject('engines')[engine]);
      const table = await createTable(client, 'consumerKey', 'position');
      [deadLetters, others] = [dynamoDeadLetters(client, table), dynamoDeadLetters(client, table)];
    }
  });
  const held = async (consumer = 'test.consumer', keys = [A1, B1]): Promise<string[]> =>
    [...(await others.heldKeys(consumer, keys))].sort();

  it('hold nothing at first, and nothing of another consumer', async () => {
    expect(await held()).toEqual([]);
    await deadLetters.park([letter('1', { consumer: 'other' })]);
    expect(await held()).toEqual([]);
    expect(await held('other')).toEqual([A1]);
  });

  it('hold the key of what is parked, for every process (promise 6)', async () => {
    await deadLetters.park([letter('1'), letter('2')]);
    expect(await held()).toEqual([A1]);
    await deadLetters.park([letter('3', { key: B1 })]);
    expect(await held()).toEqual([A1, B1]);
  });

  it('hold nothing for a record without a key, nor for one that was refused', async () => {
    await deadLetters.park([letter('1', { key: null })]);
    await deadLetters.keepRefused([letter('2'), letter('2')]);
    expect(await held()).toEqual([]);
  });

  it('take a record behind a held key, and none behind one that is not', async () => {
    expect(await deadLetters.parkBehind([letter('1')])).toBe(false);
    expect(await held()).toEqual([]);
    await deadLetters.park([letter('1')]);
    expect(await others.parkBehind([letter('2'), letter('3')])).toBe(true);
    expect(await deadLetters.parkBehind([letter('4', { key: B1 })])).toBe(false);
  });

  it('take the same records again, some of them new', async () => {
    await deadLetters.park([letter('1')]);
    await deadLetters.park([letter('1'), letter('2')]);
    expect(await deadLetters.parkBehind([letter('1'), letter('2'), letter('3')])).toBe(true);
    expect(await deadLetters.parkBehind([letter('1'), letter('2'), letter('3')])).toBe(true);
    expect(await held()).toEqual([A1]);
  });

  it('take many records of many keys at once', async () => {
    const keys = Array.from({ length: 110 }, (_, i) => Buffer.from(`key ${i}`).toString('base64'));
    const many = keys.flatMap((key, i) => [
      letter(String(2 * i), { key }),
      letter(String(2 * i + 1), { key }),
    ]);
    await deadLetters.park(many);
    expect(await held('test.consumer', [...keys, A1])).toEqual([...keys].sort());
  });

  it('take a hundred and more of one key in order', async () => {
    const many = Array.from({ length: 120 }, (_, i) => letter(String(i)));
    await deadLetters.park(many);
    expect(await deadLetters.parkBehind(many)).toBe(true);
    expect(await held()).toEqual([A1]);
  });
});

const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex');
