import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { dynamoEventStore, dynamoOwnedAggregates } from '../../shared/decide/dynamo-event-store.ts';
import type { EventStore } from '../../shared/decide/event-store.ts';
import type { OwnedAggregates } from '../../shared/decide/owned-aggregates.ts';
import { defineAggregate, idWithin } from '../../shared/define/event.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { envelopeOf } from '../../shared/testing/envelope-of.ts';
import { memoryEventStore } from '../../shared/testing/memory-event-store.ts';
import { memoryOwnedAggregates } from '../../shared/testing/memory-owned-aggregates.ts';

const baskets = defineAggregate('shopping', 'basket', 'owner');
const Filled = baskets.event('FilledEvent', z.object({}), { version: 1 });
const crates = defineAggregate('shopping', 'basket-crate', 'owner');
const Stacked = crates.event('StackedEvent', z.object({}), { version: 1 });

interface World {
  readonly store: EventStore;
  readonly owned: OwnedAggregates;
}

const worlds: Record<string, () => World | Promise<World>> = {
  'in memory': () => {
    const store = memoryEventStore();
    return { store, owned: memoryOwnedAggregates(store) };
  },
  'on DynamoDB Local': () => onDynamoDb(inject('engines').dynamodb),
  'on the emulator': () => onDynamoDb(inject('engines').ministack),
};

const onDynamoDb = async (endpoint: string): Promise<World> => {
  const client = dynamoClient(endpoint);
  const table = await createTable(client, 'orderingKey', 'commit');
  return { store: dynamoEventStore(client, table), owned: dynamoOwnedAggregates(client, table) };
};

describe.each(Object.entries(worlds))('the aggregates of an owner %s', (_name, make) => {
  let world: World;
  const owner = randomUUID();
  const id = (rest: string) => idWithin(owner, rest);
  const append = async (
    aggregateId: string,
    sequence = 1,
    definition: typeof Filled | typeof Stacked = Filled,
  ): Promise<void> =>
    world.store.append([
      {
        aggregate: definition.aggregate,
        aggregateId,
        commandId: `${aggregateId} ${sequence}`,
        events: [envelopeOf(definition.of({}), { aggregateId, sequence })],
      },
    ]);
  const ids = (from: string, to: string, limit = 10) =>
    world.owned.idsWithin(baskets, owner, { from: id(from), to: id(to), limit });

  beforeEach(async () => {
    world = await make();
    for (const rest of ['c', 'a', 'b', 'ab']) await append(id(rest));
    for (const sequence of [2, 3]) await append(id('a'), sequence);
    await append(idWithin(randomUUID(), 'b'));
    await append(id('b'), 1, Stacked);
  });

  it('come in the order of their ids, each once however much happened to it', async () => {
    expect(await ids('', '~')).toEqual(['a', 'ab', 'b', 'c'].map(id));
  });

  it('are those from an id on and before another', async () => {
    expect(await ids('ab', 'c')).toEqual(['ab', 'b'].map(id));
    expect(await ids('a~', 'b~')).toEqual(['b'].map(id));
    expect(await ids('d', '~')).toEqual([]);
  });

  it('are as many as asked for, and go on behind the last', async () => {
    expect(await ids('', '~', 1)).toEqual(['a'].map(id));
    expect(await ids('', '~', 2)).toEqual(['a', 'ab'].map(id));
    expect(await ids('ab~', '~', 2)).toEqual(['b', 'c'].map(id));
  });
});
