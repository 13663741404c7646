import { DeleteItemCommand, ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { dynamoClient } from '../../shared/dynamodb/client.ts';
import { dynamoOnce, type Once } from '../../shared/once/once.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';

const DAYS_KEPT = 30;

describe.each(['dynamodb', 'ministack'] as const)('an effect that happens once, on %s', (engine) => {
  let client: DynamoDBClient;
  let table: string;
  let once: Once;
  beforeEach(async () => {
    client = dynamoClient(inject('engines')[engine]);
    table = await createTable(client, 'id');
    once = inAnotherProcess();
  });

  const inAnotherProcess = (): Once => {
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
});
