import {
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { BusinessError } from '../../shared/errors/mesh-error.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoOnce, type Once, type OnceRecords } from '../../shared/once/once.ts';
import { consume } from '../../shared/consume/consume.ts';
import { on, policy, reacting } from '../../shared/consume/policy.ts';
import { accountEvents, accounts, Opened } from '../../shared/testing/account.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { envelopesOf } from '../../shared/testing/envelope-of.ts';
import { memoryDeadLetters } from '../../shared/testing/memory-dead-letters.ts';
import { memoryLedger } from '../../shared/testing/memory-ledger.ts';
import { mskEvent, mskRecord } from '../../shared/testing/msk-event.ts';
import { virtualClock } from '../../shared/testing/virtual-clock.ts';
import { onceForEffects } from '../../shared/wire/once.ts';
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

describe('an effect of a record whose process died with the lease in hand', () => {
  const [opened] = envelopesOf('a1', accountEvents([]));
  if (!opened) throw new Error('an event was asked for');
  const RULE = 'test.welcome';
  const key = `${RULE}#${opened.eventId}`;
  afterEach(() => void vi.unstubAllEnvs());
  const settings = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

  it('waits for the end of the lease, and costs no person', async () => {
    const endpoint = inject('engines').dynamodb;
    const client = dynamoClient(endpoint);
    const table = await createTable(client, 'id');
    for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('IDEMPOTENCY_TABLE', table);
    const dead = dynamoOnce(client, table, DAYS_KEPT);
    dead.forInvocation(lambdaContext());
    const begun = Promise.withResolvers<undefined>();
    void dead.run(key, 'f', () => {
      begun.resolve(undefined);
      return new Promise<string>(() => undefined);
    });
    await begun.promise;

    const once = onceForEffects();
    const welcome = vi.fn(async () => 'sent');
    const letters = memoryDeadLetters();
    const deliver = async () => {
      const consumer = reacting(policy(RULE, [on(Opened, () => true)]), (_, { commandId }) =>
        once.run(commandId, 'f', welcome),
      );
      const clock = virtualClock();
      const means = { deadLetters: letters, ledger: memoryLedger(), begin: once.forInvocation, clock };
      const answer = await consume(consumer, means)(mskEvent([mskRecord(accounts, opened)]), lambdaContext());
      return { reported: answer.batchItemFailures.length, waits: clock.waits };
    };
    expect(await deliver()).toEqual({ reported: 1, waits: [] });
    expect(letters.letters).toEqual([]);

    const { Items: [item] = [] } = await client.send(new ScanCommand({ TableName: table }));
    await client.send(
      new PutItemCommand({ TableName: table, Item: { ...item, in_progress_expiration: { N: '1' } } }),
    );
    expect(await deliver()).toEqual({ reported: 0, waits: [] });
    expect(welcome).toHaveBeenCalledTimes(1);
  });
});
