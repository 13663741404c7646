import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, expect, it } from 'vitest';
import { answerThroughStepFunctions } from './answer-saga.ts';

let server: Server | undefined;

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server) await once(server, 'close');
  server = undefined;
});

/** Step Functions as its client sees it: JSON 1.0 over HTTP, an error by its `__type`. */
const stepFunctions = async (status: number, body: object) => {
  const asked: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push({ target: request.headers['x-amz-target'], body: JSON.parse(await text(request)) as unknown });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  };
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A TCP server's address is an AddressInfo (Node.js, "server.address()").
  const { port } = server.address() as AddressInfo;
  const client = new SFNClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return { asked, answerSaga: answerThroughStepFunctions(client) };
};

const result = { outcome: 'arranged', event: 'DeliveryArrangedEvent', details: { trackingId: 'track-1' } };

it('wakes the step that waits under the token with the result', async () => {
  const { asked, answerSaga } = await stepFunctions(200, {});
  await answerSaga('token-1', result);
  expect(asked).toEqual([
    {
      target: 'AWSStepFunctions.SendTaskSuccess',
      body: { taskToken: 'token-1', output: JSON.stringify(result) },
    },
  ]);
});

it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
  'is content when the saga has moved on: %s',
  async (name) => {
    const { answerSaga } = await stepFunctions(400, { __type: name, message: 'Task Timed Out' });
    await expect(answerSaga('token-1', result)).resolves.toBeUndefined();
  },
);

it.each([
  [400, 'ThrottlingException'],
  [400, 'AccessDeniedException'],
  [500, 'InternalServerError'],
])('is not content with %i %s: the saga still waits', async (status, name) => {
  const { answerSaga } = await stepFunctions(status, { __type: name });
  await expect(answerSaga('token-1', result)).rejects.toThrow();
});
