import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { within } from '../../../shared/aws/client-settings.ts';
import { stepFunctionsClient } from '../../../shared/aws/step-functions-client.ts';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { guarded } from '../../../shared/rehearse/guard.ts';
import { outside } from '../../../shared/rehearse/outside.ts';
import { means, setting } from '../../../shared/wire/resources.ts';
import { startSaga, type StartSaga } from '../policies/start-saga.ts';

const sfn = guarded(stepFunctionsClient());
const stateMachineArn = setting('ORDER_SAGA_ARN');
const executions = stateMachineArn.replace(':stateMachine:', ':execution:');

/** A batch of 100 keys, 16 at a time, is through in its 29 s also when none of its starts is answered. */
const START_MS = 3_000;

/** The execution's name is the order's id: a second start finds the first (Step Functions, "StartExecution"). */
const start = async ({ saga, order }: StartSaga): Promise<void> => {
  const input = JSON.stringify({ saga, order });
  try {
    const command = new StartExecutionCommand({ stateMachineArn, name: saga.sagaId, input });
    await sfn.send(command, within(START_MS));
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
