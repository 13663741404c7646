import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { lambdaClient } from '../../../shared/aws/lambda-client.ts';
import { lambdaConsumers } from './ask-consumer.ts';

const REQUEST = { redrive: 'apply', records: [] } as const;
let requests = 0;
const server = createServer(() => void (requests += 1));

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it('a consumer that never answers is given up at the limit and not asked a second time: it may be at work', async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is an AddressInfo (Node.js, "server.address()").
  const client = lambdaClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const started = performance.now();
  await expect(lambdaConsumers(client, 200)('a-function', REQUEST)).rejects.toMatchObject({
    code: 'no-answer',
    message: 'a-function gave no answer in 200 ms',
  });
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(requests).toBe(1);
});
