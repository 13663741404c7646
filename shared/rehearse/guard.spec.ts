import { get } from 'node:http';
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ExecuteStatementCommand,
} from '@aws-sdk/client-dynamodb';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { beforeEach, describe, expect, it } from 'vitest';
import { on, policy, reacting } from '../consume/policy.ts';
import { consume } from '../consume/consume.ts';
import { kmsClient } from '../protect/kms-data-keys.ts';
import { accounts, Opened, accountEvents } from '../testing/account.ts';
import { envelopesOf } from '../testing/envelope-of.ts';
import { fakeServer } from '../testing/fake-server.ts';
import { lambdaContext } from '../testing/lambda-context.ts';
import { memoryDeadLetters } from '../testing/memory-dead-letters.ts';
import { memoryLedger } from '../testing/memory-ledger.ts';
import { mskEvent, mskRecord } from '../testing/msk-event.ts';
import { guarded } from './guard.ts';

let requests = 0;
let endpoint: string;
const server = fakeServer();
beforeEach(async () => {
  requests = 0;
  endpoint = await server.listening((_, response) => {
    requests += 1;
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end('{}');
  });
});

const plainClient = () =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
const Key = { id: { S: '1' } };
const put = new PutItemCommand({ TableName: 't', Item: Key });
const newKey = new GenerateDataKeyCommand({ KeyId: 'k', KeySpec: 'AES_256' });
const unwrap = new DecryptCommand({ KeyId: 'k', CiphertextBlob: Uint8Array.of(1) });
const httpGet = () =>
  new Promise((resolve, reject) => {
    get(endpoint, (response) => response.resume().on('end', resolve)).on('error', reject);
  });

/** Things that code under a consumer could do past what rehearsals know. */
const breaches: Record<string, () => Promise<unknown>> = {
  'a write through a guarded client': () => guarded(plainClient()).send(put),
  'PartiQL, which may write': () =>
    guarded(plainClient()).send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM t' })),
  'a write through any other client': () => plainClient().send(put),
  'a read through any other client': () => plainClient().send(new GetItemCommand({ TableName: 't', Key })),
  'a new data key of KMS': () => guarded(kmsClient(endpoint)).send(newKey),
  fetch: () => fetch(endpoint),
  'a request of node:http': httpGet,
};

const [opened] = envelopesOf('a1', accountEvents([]));
const records = opened ? Object.values(mskEvent([mskRecord(accounts, opened)]).records).flat() : [];

const handlerOf = (act: () => Promise<unknown>) =>
  consume(reacting(policy('test.act', [on(Opened, () => 'act')]), act), {
    deadLetters: memoryDeadLetters(),
    ledger: memoryLedger(),
    clock: { now: () => 0, wait: () => Promise.resolve(), random: () => 0.5 },
  });

describe('during a rehearsal', () => {
  it.each(Object.entries(breaches))('%s does not go out, and the record fails loudly', async (_, act) => {
    const handler = handlerOf(act);
    const { outcomes } = await handler({ redrive: 'rehearse', records }, lambdaContext());
    expect(outcomes).toMatchObject([{ result: 'failed', cause: { code: 'rehearsal-breach' } }]);
    expect(requests).toBe(0);
    // Outside a rehearsal nothing is in its way.
    const done = await handler({ redrive: 'apply', records }, lambdaContext());
    expect(done.outcomes).toMatchObject([{ result: 'applied' }]);
    expect(requests).toBeGreaterThan(0);
  });

  it.each(Object.entries(breaches))('%s is told also where the code swallows the refusal', async (_, act) => {
    const handler = handlerOf(() => act().catch(() => undefined));
    const { outcomes } = await handler({ redrive: 'rehearse', records }, lambdaContext());
    expect(outcomes).toMatchObject([{ result: 'failed', cause: { code: 'rehearsal-breach' } }]);
    expect(requests).toBe(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['reads', () => guarded(plainClient()).send(new GetItemCommand({ TableName: 't', Key }))],
    ['unwraps a data key, which changes nothing', () => guarded(kmsClient(endpoint)).send(unwrap)],
  ])('a guarded client %s', async (_, act) => {
    const { outcomes } = await handlerOf(act)({ redrive: 'rehearse', records }, lambdaContext());
    expect(outcomes).toMatchObject([{ result: 'applied', writes: [] }]);
    expect(requests).toBe(1);
  });
});
