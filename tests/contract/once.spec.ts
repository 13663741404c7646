import {
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoOnce, type Once, type OnceRecords } from '../../shared/once/once.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';

const DAYS_KEPT = 30;

describe.each(['dynamodb', 'ministack'] as const)('an effect that happens once, on %s', (engine) => {
  let client: DynamoDBClient;
  let table: string;
  let once: Once & OnceRecords;
  beforeEach(async () => {
    client = dynamoClient(inject('engines')[engine]);
    table = await createTable(client, 'id');
    once = inAnotherProcess();
  });

  const inAnotherProcess = (): Once & OnceRecords => {
    const other = dynamoOnce(client, table, DAYS_KEPT);
    other.forInvocation(lambdaContext());
    return other;
  };

  it('answers the first answer from then on, in every process', async () => {
    const effect = vi.fn(async () => ({ receipt: 'r-1', empty: null }));
    expect(await once.run('k', 'f', effect)).toEqual({ receipt: 'r-1', empty: null });
    expect(await once.run('k', 'f', effect)).toEqual({ receipt: 'r-1', empty: null });
    expect(await inAnotherProcess().run('k', 'f', effect)).toEqual({
      receipt: 'r-1',
      empty: null,
    });
    expect(effect).toHaveBeenCalledTimes(1);
  });

  it('is another effect under another key', async () => {
    const effect = vi.fn(async () => 'done');
    await once.run('k', 'f', effect);
    await once.run('l', 'f', effect);
    expect(effect).toHaveBeenCalledTimes(2);
  });

  it('refuses the key for something else', async () => {
    await once.run('k', 'f', async () => 'done');
    const other = once.run('k', 'g', async () => 'other');
    await expect(other).rejects.toMatchObject({ name: 'IdempotencyValidationError' });
  });

  it('may be tried again after it failed, and the failure is told as it was', async () => {
    const refusal = new BusinessError('card-declined', 'declined');
    await expect(once.run('k', 'f', () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(await once.run('k', 'f', async () => 'done')).toBe('done');
  });

  it('does not begin while another run has begun and not ended', async () => {
    const release = Promise.withResolvers<string>();
    const begun = Promise.withResolvers<undefined>();
    const first = once.run('k', 'f', () => {
      begun.resolve(undefined);
      return release.promise;
    });
    await begun.promise;
    const second = inAnotherProcess().run('k', 'f', async () => 'second');
    await expect(second).rejects.toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });
    release.resolve('first');
    expect(await first).toBe('first');
  });

  it('is kept as long as was asked for', async () => {
    const before = Math.floor(Date.now() / 1000);
    await once.run('k', 'f', async () => 'done');
    const { Items } = await client.send(new ScanCommand({ TableName: table }));
    const [item] = Items ?? [];
    const expiration = Number(item?.['expiration']?.N);
    expect(expiration - before).toBeGreaterThanOrEqual(DAYS_KEPT * 86_400);
    expect(expiration - before).toBeLessThan(DAYS_KEPT * 86_400 + 60);
    // What TTL will do one day.
    await client.send(new DeleteItemCommand({ TableName: table, Key: { id: item?.['id'] ?? { S: '' } } }));
    expect(await once.run('k', 'f', async () => 'again')).toBe('again');
  });

  it('is found by those who only want to know, who begin nothing', async () => {
    expect(await once.find('k', 'f')).toBeUndefined();
    await once.run('k', 'f', async () => ({ receipt: 'r-1' }));
    expect(await inAnotherProcess().find('k', 'f')).toEqual({ result: { receipt: 'r-1' } });
    await expect(once.find('k', 'g')).rejects.toMatchObject({ name: 'IdempotencyValidationError' });
    await once.run('nothing', 'f', async () => null);
    expect(await once.find('nothing', 'f')).toEqual({ result: null });
  });

  it('is not found once its time is over, nor where its process has died and the lease has ended', async () => {
    const inState = async (key: string, change: Record<string, { N: string } | { S: string }>) => {
      await once.run(key, 'f', async () => 'done');
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
      const [item] = Items;
      await client.send(new PutItemCommand({ TableName: table, Item: { ...item, ...change } }));
      const found = inAnotherProcess().find(key, 'f');
      return found.finally(() =>
        client.send(new DeleteItemCommand({ TableName: table, Key: { id: item?.['id'] ?? { S: '' } } })),
      );
    };
    const inProgress = { S: 'INPROGRESS' };
    const minute = 60_000;
    expect(await inState('old', { expiration: { N: '1' } })).toBeUndefined();
    expect(await inState('died', { status: inProgress, in_progress_expiration: { N: '1' } })).toBeUndefined();
    const busy = { status: inProgress, in_progress_expiration: { N: String(Date.now() + minute) } };
    await expect(inState('busy', busy)).rejects.toMatchObject({ name: 'IdempotencyAlreadyInProgressError' });
  });
});
