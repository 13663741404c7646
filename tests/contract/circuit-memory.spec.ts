import { describe, expect, inject, it } from 'vitest';
import type { CircuitMemory } from '../../shared/call/circuit-memory.ts';
import { dynamoCircuitMemory } from '../../shared/call/dynamo-circuit-memory.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { memoryCircuit } from '../../shared/testing/memory-circuit.ts';

const onDynamo = (engine: 'dynamodb' | 'ministack') => async (): Promise<CircuitMemory> => {
  const client = dynamoClient(inject('engines')[engine]);
  const table = await createTable(client, 'provider');
  // Another provider's circuit in the same table is none of this one's business.
  await dynamoCircuitMemory(client, table, 'another').save({ breaker: 'another' }, 0);
  return dynamoCircuitMemory(client, table, 'gateway');
};

describe.each([
  ['in memory', async () => memoryCircuit()],
  ['on DynamoDB Local', onDynamo('dynamodb')],
  ['on the emulator', onDynamo('ministack')],
] as const)("a circuit's memory %s", (_, create) => {
  const record = {
    breaker: { ownState: { value: 1, openedAt: 5 }, breakerState: { samples: [true, false, null] } },
    opened: { until: 10, passed: 1, round: { endsAt: 20, underWay: 2 } },
  };

  it('knows nothing at first', async () => {
    expect(await (await create()).load()).toBeUndefined();
  });

  it('gives back what was saved last', async () => {
    const memory = await create();
    expect(await memory.save(record, 0)).toBe(true);
    expect(await memory.load()).toEqual({ record, revision: 1 });
    expect(await memory.save({ breaker: 'closed' }, 1)).toBe(true);
    expect(await memory.load()).toEqual({ record: { breaker: 'closed' }, revision: 2 });
  });

  it('takes one of two that saw the same', async () => {
    const memory = await create();
    await memory.save({ breaker: 'first' }, 0);
    const both = await Promise.all([memory.save({ breaker: 'a' }, 1), memory.save({ breaker: 'b' }, 1)]);
    expect(both.toSorted()).toEqual([false, true]);
    expect(await memory.save({ breaker: 'as if nothing were known' }, 0)).toBe(false);
    expect((await memory.load())?.revision).toBe(2);
  });
});
