import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { dynamoLedger, pageKey, type StoredPage } from '../../shared/consume/dynamo-ledger.ts';
import { offsetsIn, type Ledger, type LedgerEnd, type LedgerEntry } from '../../shared/consume/ledger.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { fixedClock, testTime } from '../../shared/testing/envelope-of.ts';

const subject = {
  consumer: 'test.consumer',
  functionName: 'mesh-test-consumer',
  topic: 'business-events-orders',
  partition: 3,
};

const batch = (from: number, to: number, end: LedgerEnd = 'applied'): LedgerEntry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({ offset: from + i, end }));

const sumOf = (page: StoredPage): number =>
  page.applied + page.duplicate + page.notForMe + page.parked + offsetsIn(page.open) + offsetsIn(page.gaps);

describe.each(['dynamodb', 'ministack'] as const)('the ledger on %s', (engine) => {
  let client: DynamoDBClient;
  let table: string;
  const process = (): Ledger => dynamoLedger(client, table, fixedClock());
  const read = async (topic = subject.topic, partition = subject.partition): Promise<StoredPage> => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: table,
        Key: marshall({ consumer: subject.consumer, page: pageKey(topic, partition) }),
        ConsistentRead: true,
      }),
    );
    if (!Item) throw new Error('there is no such page');
    // The ledger alone writes it.
    return unmarshall(Item) as StoredPage;
  };

  beforeEach(async () => {
    client = dynamoClient(inject('engines')[engine]);
    table = await createTable(client, 'consumer', 'page');
  });

  it('keeps a page whole, with whom to ask about it', async () => {
    await process().enter(subject, batch(5, 9));
    expect(await read()).toEqual({
      ...subject,
      page: 'business-events-orders|00003',
      from: 5,
      next: 10,
      applied: 5,
      duplicate: 0,
      notForMe: 0,
      parked: 0,
      open: [],
      gaps: [],
      version: 1,
      updatedAt: new Date(testTime).toISOString(),
    });
  });

  it('goes on where another process stopped', async () => {
    await process().enter(subject, [...batch(0, 3), ...batch(4, 5, 'open')]);
    await process().enter(subject, [...batch(4, 5, 'parked'), ...batch(8, 9)]);
    expect(await read()).toMatchObject({ applied: 6, parked: 2, open: [], gaps: [[6, 7]], next: 10 });
  });

  it('counts nothing twice, in whatever process it is delivered again', async () => {
    const first = process();
    await first.enter(subject, batch(0, 9));
    await first.enter(subject, batch(0, 9, 'duplicate'));
    await process().enter(subject, batch(3, 11, 'duplicate'));
    // The first remembers a page that has moved since.
    await first.enter(subject, batch(8, 12, 'parked'));
    expect(await read()).toMatchObject({ applied: 10, duplicate: 2, parked: 1, next: 13 });
  });

  it('writes once a batch, and not at all where nothing is news', async () => {
    const one = process();
    await one.enter(subject, batch(0, 99));
    await one.enter(subject, batch(100, 199));
    await one.enter(subject, batch(50, 150, 'duplicate'));
    expect((await read()).version).toBe(2);
  });

  it('loses nothing to processes that meet on one page', async () => {
    // A partition's batches come one after the other; two meet only where one was given up for dead too early.
    const work = async (each: Ledger, i: number): Promise<void> => {
      for (let n = 0; n < 10; n += 1)
        await each.enter(subject, batch((n * 2 + i) * 10, (n * 2 + i) * 10 + 9));
    };
    await Promise.all([process(), process()].map(work));
    const page = await read();
    expect(page).toMatchObject({ from: 0, next: 200, applied: 200, open: [], gaps: [] });
    expect(sumOf(page)).toBe(200);
  });

  it('counts once what was written though the answer was lost', async () => {
    const flaky = dynamoClient(inject('engines')[engine]);
    let lost = 0;
    // As a time-out after the write: the batch is reported, and comes again.
    flaky.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          if (commandName === PutItemCommand.name && (lost += 1) === 1) throw new Error('no answer');
          return answer;
        },
      { step: 'initialize' },
    );
    const one = dynamoLedger(flaky, table, fixedClock());
    await expect(one.enter(subject, batch(0, 9))).rejects.toThrow('no answer');
    await one.enter(subject, batch(0, 9, 'duplicate'));
    await one.enter(subject, batch(10, 11));
    const page = await read();
    expect(page).toMatchObject({ applied: 12, duplicate: 0, next: 12 });
    expect(sumOf(page)).toBe(12);
  });

  it('keeps consumers, topics and partitions apart', async () => {
    const one = process();
    await one.enter(subject, batch(0, 1));
    await one.enter({ ...subject, partition: 11 }, batch(0, 2));
    await one.enter({ ...subject, topic: 'business-events-payments' }, batch(0, 3));
    await one.enter({ ...subject, consumer: 'test.other' }, batch(0, 4));
    expect((await read()).applied).toBe(2);
    expect((await read(subject.topic, 11)).applied).toBe(3);
    expect((await read('business-events-payments')).applied).toBe(4);
  });
});
