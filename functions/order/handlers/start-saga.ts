import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { guarded } from '../../../shared/rehearse/guard.ts';
import { outside } from '../../../shared/rehearse/outside.ts';
import { means, setting } from '../../../shared/wire/resources.ts';
import { startSaga, type StartSaga } from '../policies/start-saga.ts';

const sfn = guarded(new SFNClient({}));
const stateMachineArn = setting('ORDER_SAGA_ARN');
const executions = stateMachineArn.replace(':stateMachine:', ':execution:');

/** The execution's name is the order's id: a second start finds the first (Step Functions, "StartExecution"). */
const start = async ({ saga, order }: StartSaga): Promise<void> => {
  const input = JSON.stringify({ saga, order });
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name: saga.sagaId, input }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
};

const isStarted = async (sagaId: string): Promise<boolean> => {
  try {
    await sfn.send(new DescribeExecutionCommand({ executionArn: `${executions}:${sagaId}` }));
    return true;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
};

export const handler = consume(
  reacting(startSaga, (action) =>
    outside(
      {
        kind: 'saga',
        target: action.saga.sagaId,
        content: action,
        instead: undefined,
        done: () => isStarted(action.saga.sagaId),
      },
      () => start(action),
    ),
  ),
  means(),
);
