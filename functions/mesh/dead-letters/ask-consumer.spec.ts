import { expect, it } from 'vitest';
import { lambdaClient } from '../../../shared/aws/lambda-client.ts';
import { fakeServer } from '../../../shared/testing/fake-server.ts';
import { lambdaConsumers } from './ask-consumer.ts';

const REQUEST = { redrive: 'apply', records: [] } as const;
const server = fakeServer();

it('a consumer that never answers is given up at the limit and not asked a second time: it may be at work', async () => {
  let requests = 0;
  const client = lambdaClient(await server.listening(() => void (requests += 1)));
  const started = performance.now();
  await expect(lambdaConsumers(client, 200)('a-function', REQUEST)).rejects.toMatchObject({
    code: 'no-answer',
    message: 'a-function gave no answer in 200 ms',
  });
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(requests).toBe(1);
});
