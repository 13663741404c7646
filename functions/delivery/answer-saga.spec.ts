import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { stepFunctionsClient } from '../../shared/aws/step-functions-client.ts';
import { fakeServer } from '../../shared/testing/fake-server.ts';
import { answerThroughStepFunctions } from './answer-saga.ts';

const server = fakeServer();

/** Step Functions as its client sees it: JSON 1.0 over HTTP, an error by its `__type`. */
const stepFunctions = async (status: number, body: object) => {
  const asked: unknown[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push({ target: request.headers['x-amz-target'], body: JSON.parse(await text(request)) as unknown });
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  };
  const endpoint = await server.listening((request, response) => void answer(request, response));
  return { asked, answerSaga: answerThroughStepFunctions(stepFunctionsClient(endpoint)) };
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
