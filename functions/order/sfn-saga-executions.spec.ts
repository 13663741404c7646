import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { stepFunctionsClient } from '../../shared/aws/step-functions-client.ts';
import { testTime } from '../../shared/testing/envelope-of.ts';
import { fakeServer } from '../../shared/testing/fake-server.ts';
import type { SagaInput } from './policies/start-saga.ts';
import type { ExecutionStatus } from './saga-executions.ts';
import { sfnSagaExecutions } from './sfn-saga-executions.ts';

const MINUTE = 60_000;
const PAGE = 2;
const at = (minutesAgo: number): Date => new Date(testTime - minutesAgo * MINUTE);
const seconds = (minutesAgo: number): number => at(minutesAgo).getTime() / 1_000;
const orderOf = (n: number): string => `ada.00000000-0000-8000-8000-00000000000${n}`;

/** An execution as ListExecutions has it; instants in seconds since the epoch. */
interface Listed {
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: number;
  readonly stopDate?: number;
  readonly redriveDate?: number;
}

/**
 * "Running executions are sorted by their startDate or redriveDate, and other executions are sorted by their
 * stopDate", the most recent first (Step Functions API Reference, "ListExecutions").
 */
const sortKey = ({ startDate, stopDate, redriveDate }: Listed): number =>
  stopDate ?? redriveDate ?? startDate;

const server = fakeServer();

/** Step Functions with some executions, listed as AWS lists them, `PAGE` at a time. */
const stepFunctions = async (executions: readonly Listed[]) => {
  const asked: { readonly statusFilter?: string; readonly nextToken?: string }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The SDK writes it: ListExecutions, and StartExecution of a name that is taken.
    const query = JSON.parse(await text(request)) as (typeof asked)[number];
    asked.push(query);
    if (String(request.headers['x-amz-target']).endsWith('.StartExecution')) {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: 'ExecutionAlreadyExists' }));
      return;
    }
    const found = executions
      .filter(({ status }) => query.statusFilter === undefined || status === query.statusFilter)
      .toSorted((a, b) => sortKey(b) - sortKey(a));
    const from = Number(query.nextToken ?? 0);
    const nextToken = from + PAGE < found.length ? { nextToken: String(from + PAGE) } : {};
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ executions: found.slice(from, from + PAGE), ...nextToken }));
  };
  const endpoint = await server.listening((request, response) => void answer(request, response));
  const sagas = sfnSagaExecutions(
    stepFunctionsClient(endpoint),
    'arn:aws:states:us-east-1:000000000000:stateMachine:order-saga',
  );
  const listed = async (status: ExecutionStatus | undefined, since: Date): Promise<string[]> => {
    const names: string[] = [];
    for await (const { name } of sagas.list(status, since)) names.push(name);
    return names;
  };
  return { asked, listed, sagas };
};

describe('the executions of the order saga in Step Functions, listed since an instant', () => {
  it('are those that ended since, also behind one that began long before', async () => {
    const { listed } = await stepFunctions([
      { name: orderOf(1), status: 'FAILED', startDate: seconds(600), stopDate: seconds(1) },
      { name: orderOf(2), status: 'FAILED', startDate: seconds(3), stopDate: seconds(2) },
      { name: orderOf(3), status: 'FAILED', startDate: seconds(60), stopDate: seconds(55) },
      { name: orderOf(4), status: 'SUCCEEDED', startDate: seconds(3), stopDate: seconds(2) },
    ]);
    expect(await listed('FAILED', at(15))).toEqual([orderOf(1), orderOf(2)]);
  });

  it('are those that run and began since, or were redriven since by hand', async () => {
    const { listed } = await stepFunctions([
      { name: orderOf(1), status: 'RUNNING', startDate: seconds(600), redriveDate: seconds(1) },
      { name: orderOf(2), status: 'RUNNING', startDate: seconds(2) },
      { name: orderOf(3), status: 'SUCCEEDED', startDate: seconds(4), stopDate: seconds(3) },
      { name: orderOf(4), status: 'RUNNING', startDate: seconds(60) },
    ]);
    expect(await listed(undefined, at(15))).toEqual([orderOf(1), orderOf(2), orderOf(3)]);
  });

  it('cost no page beyond the first that is older', async () => {
    const { asked, listed } = await stepFunctions(
      [1, 2, 3, 4, 5, 6, 7].map((n) => ({
        name: orderOf(n),
        status: 'TIMED_OUT',
        startDate: seconds(n * 6),
        stopDate: seconds(n * 6 - 5),
      })),
    );
    expect(await listed('TIMED_OUT', at(15))).toEqual([orderOf(1), orderOf(2), orderOf(3)]);
    expect(asked).toHaveLength(2);
  });
});

it('is content to start an execution that somebody has started: its name is its identity', async () => {
  const { sagas, asked } = await stepFunctions([]);
  // Of an input only its identity matters here.
  await sagas.start(orderOf(1), { order: { orderId: orderOf(1) } } as SagaInput);
  expect(asked).toMatchObject([{ name: orderOf(1) }]);
});
