import { TransactWriteItemsCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { dynamoEventStore } from '../../shared/decide/dynamo-event-store.ts';
import { VersionConflict, type Commit, type EventStore } from '../../shared/decide/event-store.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { defineAggregate, type AggregateDefinition } from '../../shared/define/event.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { rehearsedEventStore } from '../../shared/rehearse/rehearsed-event-store.ts';
import { account, accounts, deposit, Deposited, withdraw } from '../../shared/testing/account.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { eventStoreOnStage } from '../../shared/testing/on-stage.ts';

const baskets = defineAggregate('shopping', 'basket', 'owner');
const Filled = baskets.event('FilledEvent', z.strictObject({ text: z.string() }), { version: 1 });

const stores: Record<string, () => EventStore | Promise<EventStore>> = {
  'in memory': memoryEventStore,
  'on DynamoDB Local': () => onDynamoDb(dynamoClient(inject('engines').dynamodb)),
  'on the emulator': () => onDynamoDb(dynamoClient(inject('engines').ministack)),
  'in a rehearsal': () => eventStoreOnStage(rehearsedEventStore(memoryEventStore())),
};

const onDynamoDb = async (client: DynamoDBClient): Promise<EventStore> =>
  dynamoEventStore(client, await createTable(client, 'orderingKey', 'commit'));

/** A commit of some deposits, the first of which has this sequence. */
const commit = (aggregateId: string, first: number, amounts: readonly number[] = [first]): Commit => ({
  aggregate: accounts,
  aggregateId,
  commandId: `${aggregateId} ${first}`,
  events: amounts.map((amount, i) =>
    envelopeOf(Deposited.of({ amount }), { aggregateId, sequence: first + i }),
  ),
});

const filled = (aggregateId: string, text: string, sequence = 1): Commit => ({
  aggregate: baskets,
  aggregateId,
  commandId: `${aggregateId} ${sequence}`,
  events: [envelopeOf(Filled.of({ text }), { aggregateId, sequence })],
});

const all = async (store: EventStore): Promise<EventEnvelope[]> => {
  const events: EventEnvelope[] = [];
  for await (const event of store.readAll()) events.push(event);
  return events;
};

describe.each(Object.entries(stores))('the event store %s', (_name, make) => {
  let store: EventStore;
  beforeEach(async () => {
    store = await make();
  });
  const sequences = async (id: string, aggregate: AggregateDefinition = accounts): Promise<number[]> =>
    (await store.load(aggregate, id)).flatMap(({ events }) => events.map(({ sequence }) => sequence));

  it('knows nothing of an aggregate that has no events', async () => {
    expect(await store.load(accounts, 'none')).toEqual([]);
    expect(await store.readFrom(accounts, 'none', '2000-01-01T00:00:00.000Z')).toEqual([]);
    expect(await all(store)).toEqual([]);
  });

  it('gives back what was appended, commit by commit, oldest first', async () => {
    const commits = [commit('a1', 1, [5, 6]), commit('a1', 3), commit('a1', 4, [7, 8, 9])];
    for (const each of commits) await store.append([each]);
    expect(await store.load(accounts, 'a1')).toEqual(
      commits.map(({ commandId, events }) => ({ commandId, events })),
    );
  });

  it('appending nothing changes nothing', async () => {
    await store.append([]);
    expect(await all(store)).toEqual([]);
  });

  it('refuses a commit without events', async () => {
    await expect(store.append([commit('a1', 1, [])])).rejects.toMatchObject({ code: 'empty-commit' });
  });

  it('refuses to append where another writer was first, and keeps what was there', async () => {
    await store.append([commit('a1', 1, [5, 6])]);
    const late = store.append([{ ...commit('a1', 1, [9]), commandId: 'late' }]);
    await expect(late).rejects.toBeInstanceOf(VersionConflict);
    await expect(late).rejects.toMatchObject({ errorClass: 'transient', code: 'version-conflict' });
    expect((await store.load(accounts, 'a1')).map(({ commandId }) => commandId)).toEqual(['a1 1']);
  });

  it('appends to several aggregates all or none', async () => {
    await store.append([commit('a1', 1), commit('b1', 1)]);
    const half = store.append([commit('c1', 1), commit('a1', 1), commit('b1', 2)]);
    await expect(half).rejects.toBeInstanceOf(VersionConflict);
    await expect(half).rejects.toThrow(/a1$/);
    expect(await sequences('c1')).toEqual([]);
    expect(await sequences('b1')).toEqual([1]);
    await store.append([commit('a1', 2), commit('b1', 2), commit('c1', 1)]);
    expect(await all(store)).toHaveLength(5);
  });

  it('tells apart aggregates whose ids begin alike, whose types differ, or that share an ordering key', async () => {
    await store.append([filled('ada.1', 'one')]);
    await store.append([filled('ada.12', 'twelve')]);
    await store.append([filled('ada.1', 'more', 2)]);
    await store.append([filled('ada', 'none')]);
    await store.append([commit('ada.1', 1)]);
    expect(await sequences('ada.1', baskets)).toEqual([1, 2]);
    expect(await sequences('ada.12', baskets)).toEqual([1]);
    expect(await sequences('ada', baskets)).toEqual([1]);
    expect(await sequences('ada.1')).toEqual([1]);
  });

  it('keeps sequences in order past where text would not', async () => {
    for (let first = 1; first <= 101; first += 10) {
      await store.append([
        commit(
          'a1',
          first,
          Array.from({ length: 10 }, () => 1),
        ),
      ]);
    }
    expect(await sequences('a1')).toEqual(Array.from({ length: 110 }, (_, i) => i + 1));
  });

  it('gives back only the commits after a sequence, where it is asked to', async () => {
    await store.append([commit('a1', 1, [5, 6])]);
    await store.append([commit('a1', 3)]);
    await store.append([commit('a1', 4, [7, 8])]);
    await store.append([commit('a12', 1)]);
    const after = async (sequence: number): Promise<string[]> =>
      (await store.load(accounts, 'a1', sequence)).map(({ commandId }) => commandId);
    expect(await after(0)).toEqual(['a1 1', 'a1 3', 'a1 4']);
    expect(await after(2)).toEqual(['a1 3', 'a1 4']);
    expect(await after(3)).toEqual(['a1 4']);
    expect(await after(5)).toEqual([]);
  });

  it('keeps any text as it is', async () => {
    const text = 'Zoë 🚀 \u0000 \u2028 "quoted" \\ ';
    await store.append([filled('客户.1', text)]);
    const [loaded] = await store.load(baskets, '客户.1');
    expect(loaded?.events).toEqual(filled('客户.1', text).events);
  });

  it('reads on from an instant, which counts in', async () => {
    await store.append([commit('a1', 1, [1, 2, 3])]);
    await store.append([commit('a1', 4)]);
    const third = envelopeOf(Deposited.of({ amount: 3 }), { aggregateId: 'a1', sequence: 3 });
    const events = await store.readFrom(accounts, 'a1', third.occurredOn);
    expect(events.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(await store.readFrom(accounts, 'a1', '2999-01-01T00:00:00.000Z')).toEqual([]);
  });

  it('reads everything, also past a megabyte a page, each aggregate in sequence', async () => {
    const text = 'x'.repeat(300_000);
    for (let sequence = 1; sequence <= 4; sequence += 1) {
      await store.append([filled('ada.1', text, sequence)]);
      await store.append([filled('bob.1', text, sequence)]);
    }
    expect(await sequences('ada.1', baskets)).toEqual([1, 2, 3, 4]);
    const events = await all(store);
    expect(events).toHaveLength(8);
    for (const id of ['ada.1', 'bob.1']) {
      const own = events.filter(({ aggregateId }) => aggregateId === id);
      expect(own.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    }
  });

  it('lets one of many writers at the same place through', async () => {
    const writers = Array.from({ length: 8 }, (_, i) =>
      store.append([{ ...commit('a1', 1, [i + 1]), commandId: `writer ${i}` }]),
    );
    const results = await Promise.allSettled(writers);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(VersionConflict);
    }
    expect(await sequences('a1')).toEqual([1]);
  });

  it('lets through one of many transactions that meet in an aggregate', async () => {
    const writers = Array.from({ length: 6 }, (_, i) =>
      store.append([commit('shared', 1), commit(`own-${i}`, 1)]),
    );
    const results = await Promise.allSettled(writers);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(VersionConflict);
    }
    const won = results.filter(({ status }) => status === 'fulfilled').length;
    expect(won).toBe(1);
    expect(await all(store)).toHaveLength(2);
  });

  it('under commands at the same time loses none, leaves no gap, and lets each take effect once', async () => {
    const run = commandHandler(store);
    await run.execute(account, 'a1', commandContext('first'), () => deposit(100));
    // Each command is sent twice, as an impatient client does.
    const commands = Array.from({ length: 12 }, (_, i) => `command ${i % 6}`);
    const outcomes = await Promise.all(
      commands.map((id) => run.execute(account, 'a1', commandContext(id), (state) => withdraw(state, 5))),
    );
    expect(outcomes.filter(({ repeated }) => repeated)).toHaveLength(6);
    expect(await sequences('a1')).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect((await run.state(account, 'a1')).balance).toBe(70);
  });
});

describe('the event store on DynamoDB', () => {
  it('refuses a commit that no item could hold', async () => {
    const store = await onDynamoDb(dynamoClient(inject('engines').dynamodb));
    const tooLarge = store.append([filled('ada.1', 'x'.repeat(350_001))]);
    await expect(tooLarge).rejects.toMatchObject({ code: 'commit-too-large', errorClass: 'permanent' });
    await store.append([filled('ada.1', 'x'.repeat(349_000))]);
  });

  it('says that an item was not written by it', async () => {
    const client = dynamoClient(inject('engines').dynamodb);
    const table = await createTable(client, 'orderingKey', 'commit');
    const Item = { orderingKey: { S: 'a1' }, commit: { S: 'test-account#a1#0000000001' } };
    await client.send(
      new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: table, Item } }] }),
    );
    await expect(dynamoEventStore(client, table).load(accounts, 'a1')).rejects.toMatchObject({
      code: 'not-a-commit',
    });
  });
});
