import { randomUUID } from 'node:crypto';
import { paginateQuery, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { liftHold } from '../../functions/mesh/dead-letters/key-holds.ts';
import type { Letter } from '../../functions/mesh/dead-letters/letter.ts';
import { updateOf } from '../../functions/mesh/dead-letters/letter-table.ts';
import { markRedriven, settling } from '../../functions/mesh/dead-letters/mark-letters.ts';
import { queueOf } from '../../functions/mesh/dead-letters/read-letters.ts';
import type { DeadLetter, DeadLetters } from '../../shared/consume/dead-letters.ts';
import { consumerKeyOf, dynamoDeadLetters, positionOf } from '../../shared/consume/dynamo-dead-letters.ts';
import { systemClock } from '../../shared/define/clock.ts';
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

  /** What the desk has written since. */
  const change = async (position: string, fields: Readonly<Record<string, unknown>>): Promise<void> => {
    const names = Object.keys(fields);
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall({ consumerKey: 'test.consumer|YTE=', position }),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: marshall(
          Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
        ),
      }),
    );
  };
  const PLACE = 'business-events-payments|3|00000000000000000017';

  it('are not changed by parking the same record again', async () => {
    await deadLetters.park([letter('17')]);
    const [before] = await parked('test.consumer|YTE=');
    await deadLetters.park([letter('17', { attempts: 4 }), letter('18')]);
    const found = await parked('test.consumer|YTE=');
    expect(found.map(({ attempts }) => attempts)).toEqual([1, 1]);
    expect(found[0]).toEqual(before);
  });

  it.each(['park', 'parkBehind'] as const)(
    'stand again where they were redriven and their record has to %s once more, with what was done to them',
    async (how) => {
      await deadLetters.park([letter('17')]);
      const done = { history: [{ action: 'redriven' }], correction: { sha256: 'abc', approvedBy: 'bob' } };
      await change(PLACE, { ...done, status: 'redriven', expiresAt: 1 });
      await change(`${PLACE}|correction|abc`, { correctedValue: 'e30=', expiresAt: 1 });

      const cause = { name: 'HeldBack', code: 'behind', message: 'waits', stack: '' };
      const again = letter('17', { cause, attempts: 4, lastFailedAt: '2026-03-08T12:00:00.000Z' });
      await deadLetters[how]([again, letter('18')]);
      const [found, correction, next] = await parked('test.consumer|YTE=');
      expect(found).toEqual({
        ...again,
        ...done,
        attempts: 5,
        consumerKey: 'test.consumer|YTE=',
        position: PLACE,
        letterId: 'test.consumer~business-events-payments~3~17',
        status: 'parked',
        reviewFor: 'test.consumer',
        parkedAt: '2026-03-01T12:00:00.000Z',
      });
      expect(correction).not.toHaveProperty('expiresAt');
      expect(next).toMatchObject({ offset: '18', status: 'parked' });
    },
  );

  it('stand again also without a key; those of a rule that refuses now are kept for review', async () => {
    await deadLetters.park([letter('17', { key: null }), letter('18')]);
    const settled = { status: 'redriven', expiresAt: 1 };
    await change('business-events-payments|3|00000000000000000018', settled);
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall({ consumerKey: 'test.consumer|', position: PLACE }),
        UpdateExpression: 'SET #status = :redriven REMOVE reviewFor',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: marshall({ ':redriven': 'redriven' }),
      }),
    );
    await deadLetters.park([letter('17', { key: null })]);
    await deadLetters.keepRefused([letter('18')]);
    const standing = { reviewFor: 'test.consumer' };
    expect(await parked('test.consumer|')).toMatchObject([{ ...standing, status: 'parked' }]);
    expect(await parked('test.consumer|YTE=')).toMatchObject([{ ...standing, status: 'refused' }]);
  });

  it('that were discarded stay so: an operator decided', async () => {
    await deadLetters.park([letter('17')]);
    await change(PLACE, { status: 'discarded', expiresAt: 1 });
    const [before] = await parked('test.consumer|YTE=');
    await deadLetters.park([letter('17', { attempts: 4 })]);
    expect(await parked('test.consumer|YTE=')).toEqual([before]);
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

describe('whatever is done to the letters of a key, in whatever order', () => {
  const OFFSETS = ['1', '2', '3'] as const;
  const step = fc.record({
    act: fc.constantFrom('park', 'parkBehind', 'redrive', 'discard', 'lift'),
    offset: fc.constantFrom(...OFFSETS),
  });
  const by = { job: 'a-job', by: 'ada' };

  it('a record that was set aside stands parked under a hold until it is settled, and once more when it comes again', async () => {
    const client = dynamoClient(inject('engines').dynamodb);
    const tableName = await createTable(client, 'consumerKey', 'position');
    const desk = { client, tableName, clock: systemClock };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const consumer = `test.${randomUUID()}`;
        const consumerKey = consumerKeyOf(consumer, 'YTE=');
        const deadLetters = dynamoDeadLetters(client, tableName);
        const expected = new Map<string, string>();
        let held = false;
        const place = (offset: string): Letter =>
          // All that settling asks for.
          ({ consumerKey, position: positionOf(letter(offset)), status: 'parked' }) as Letter;
        for (const { act, offset } of steps) {
          const isParked = expected.get(offset) === 'parked';
          switch (act) {
            case 'park':
            case 'parkBehind': {
              const before = held;
              const answer = await deadLetters[act]([letter(offset, { consumer })]);
              if (act === 'parkBehind') expect(answer).toBe(before);
              if (act === 'parkBehind' && !before) break;
              if (expected.get(offset) === 'discarded') break;
              expected.set(offset, 'parked');
              held = true;
              break;
            }
            case 'redrive':
              await markRedriven(desk, place(offset), { result: 'applied' }, by);
              if (isParked) expected.set(offset, 'redriven');
              break;
            case 'discard': {
              if (!isParked) break;
              const entry = { at: '', by: 'ada', action: 'discarded' } as const;
              const change = settling(desk, place(offset), 'discarded', entry);
              await client.send(new UpdateItemCommand(updateOf(desk, place(offset), change)));
              expected.set(offset, 'discarded');
              break;
            }
            case 'lift':
              held &&= [...expected.values()].includes('parked');
              expect(await liftHold(desk, consumerKey)).toBe(!held);
          }
          expect(await deadLetters.heldKeys(consumer, ['YTE='])).toEqual(new Set(held ? ['YTE='] : []));
          const standing = (await queueOf(desk, consumerKey)).map((each) => each.offset);
          expect(standing).toEqual(OFFSETS.filter((each) => expected.get(each) === 'parked'));
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);
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
