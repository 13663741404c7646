import { describe, expect, inject, it } from 'vitest';
import { dynamoStalledSagas } from '../../functions/order/dynamo-stalled-sagas.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { createTable } from '../../shared/testing/create-table.ts';

describe.each(['dynamodb', 'ministack'] as const)('stalled sagas on %s', (engine) => {
  const setUp = async () => {
    const client = dynamoClient(inject('engines')[engine]);
    return dynamoStalledSagas(client, await createTable(client, 'orderId'));
  };
  const saga = (orderId: string) => ({ orderId, kind: 'stuck', since: '2026-03-01T12:00:00.000Z' }) as const;

  it('lists each once, as it was put last, and not what was removed', async () => {
    const stalled = await setUp();
    await stalled.put(saga('ada.1'));
    await stalled.put({ ...saga('ada.1'), kind: 'overdue', execution: 'ada.1-2' });
    await stalled.put(saga('ada.2'));
    await stalled.remove('ada.2');
    await stalled.remove('ada.3');
    const { items } = await stalled.list({ limit: 10 });
    expect(items).toEqual([{ ...saga('ada.1'), kind: 'overdue', execution: 'ada.1-2' }]);
  });

  it('lists page by page', async () => {
    const stalled = await setUp();
    const ids = Array.from({ length: 7 }, (_, i) => `ada.${i}`);
    for (const id of ids) await stalled.put(saga(id));
    const found: string[] = [];
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const { items, next } = await stalled.list({ limit: 3, after });
      found.push(...items.map(({ orderId }) => orderId));
      after = next;
    }
    expect(found.toSorted()).toEqual(ids);
  });
});
