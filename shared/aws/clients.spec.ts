import { readdirSync, readFileSync } from 'node:fs';
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeServer } from '../testing/fake-server.ts';
import { within } from './client-settings.ts';
import { sesClient } from './ses-client.ts';
import { stepFunctionsClient } from './step-functions-client.ts';

describe('a service that takes a request and never answers', () => {
  let requests: number;
  let endpoint: string;
  const { listening } = fakeServer();
  beforeEach(async () => {
    requests = 0;
    endpoint = await listening(() => void (requests += 1));
  });

  const start = new StartExecutionCommand({ stateMachineArn: 'a', name: 'o1' });

  it('is given up at a call’s own limit, repetitions included', async () => {
    const started = performance.now();
    const call = stepFunctionsClient(endpoint).send(start, within(200));
    await expect(call).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(requests).toBe(1);
  });

  it('is asked again where a call may be repeated', async () => {
    const call = stepFunctionsClient(endpoint).send(start, { requestTimeout: 50 });
    await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(requests).toBe(3);
  });

  it('is not asked again to send a mail, which may have left', async () => {
    const mail = new SendEmailCommand({ Content: { Raw: { Data: Buffer.from('x') } } });
    await expect(sesClient(endpoint).send(mail, within(200))).rejects.toThrow();
    expect(requests).toBe(1);
  });
});

it('no handler makes a client of AWS itself, whose calls would have no limits', () => {
  const functions = new URL('../../functions/', import.meta.url);
  const handlers = readdirSync(functions, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\bhandlers\/[\w-]+\.ts$/.test(path),
  );
  expect(handlers.length).toBeGreaterThan(50);
  expect(
    handlers.filter((path) => /new \w+Client\(/.test(readFileSync(new URL(path, functions), 'utf8'))),
  ).toEqual([]);
});
