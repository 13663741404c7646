import { describe, expect, inject, it } from 'vitest';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoCustomerKeys } from '../../shared/protect/dynamo-customer-keys.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { fixedClock } from '../../shared/testing/envelope-of.ts';
import { memoryCustomerKeys } from '../../shared/testing/memory-vault.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe.each(['memory', 'dynamodb', 'ministack'] as const)('customers’ keys in %s', (where) => {
  const setUp = async () => {
    if (where === 'memory') return memoryCustomerKeys();
    const client = dynamoClient(inject('engines')[where]);
    return dynamoCustomerKeys(client, await createTable(client, 'customerId'), fixedClock());
  };

  it('knows nobody before a first key is kept', async () => {
    expect(await (await setUp()).find('ada')).toBeUndefined();
  });

  it('keeps the first key for good: who comes second is given that one', async () => {
    const keys = await setUp();
    expect(await keys.keep('ada', bytes(1, 0, 255))).toEqual({ status: 'kept', wrapped: bytes(1, 0, 255) });
    expect(await keys.keep('ada', bytes(2))).toEqual({ status: 'kept', wrapped: bytes(1, 0, 255) });
    expect(await keys.find('ada')).toEqual({ status: 'kept', wrapped: bytes(1, 0, 255) });
    expect(await keys.find('bob')).toBeUndefined();
  });

  it('gives all who are first at once the same key', async () => {
    const keys = await setUp();
    const kept = await Promise.all([1, 2, 3, 4, 5].map((i) => keys.keep('ada', bytes(i))));
    expect(new Set(kept.map((record) => JSON.stringify(record))).size).toBe(1);
    expect(await keys.find('ada')).toEqual(kept[0]);
  });

  it('destroys for good, also where no key was, and however often', async () => {
    const keys = await setUp();
    await keys.keep('ada', bytes(1));
    for (const customerId of ['ada', 'bob', 'ada']) await keys.destroy(customerId);
    for (const customerId of ['ada', 'bob']) {
      expect(await keys.find(customerId)).toEqual({ status: 'destroyed' });
      expect(await keys.keep(customerId, bytes(2))).toEqual({ status: 'destroyed' });
      expect(await keys.find(customerId)).toEqual({ status: 'destroyed' });
    }
  });
});
