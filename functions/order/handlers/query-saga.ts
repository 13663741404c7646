import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  paginateGetExecutionHistory,
  SFNClient,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { orderId } from '../../../shared/define/identifiers.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { setting } from '../../../shared/wire/resources.ts';
import { sagaRecord, type SagaRecord } from '../saga-record.ts';

const client = new SFNClient({});
const executions = setting('ORDER_SAGA_ARN').replace(':stateMachine:', ':execution:');
const api = httpApi();

const find = async (sagaId: string): Promise<SagaRecord | undefined> => {
  const executionArn = `${executions}:${sagaId}`;
  try {
    const {
      status = '',
      startDate,
      stopDate,
    } = await client.send(new DescribeExecutionCommand({ executionArn }));
    const history: HistoryEvent[] = [];
    for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
      history.push(...(page.events ?? []));
    return sagaRecord({ sagaId, status, startedAt: startDate ?? new Date(0), endedAt: stopDate, history });
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
};

api.query('/orders/:orderId/saga', z.strictObject({}), ({ params: { orderId: id = '' } }) =>
  // Step Functions refuses to look for a name that no execution can have.
  orderId.safeParse(id).success ? find(id) : Promise.resolve(undefined),
);

export const { handler } = api;
