import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { means, setting } from '../../../shared/wire/resources.ts';
import { startSaga, type StartSaga } from '../policies/start-saga.ts';

const sfn = new SFNClient({});
const stateMachineArn = setting('ORDER_SAGA_ARN');

/** The execution's name is the order's id: a second start finds the first (Step Functions, "StartExecution"). */
const start = async ({ saga, order }: StartSaga): Promise<void> => {
  try {
    await sfn.send(
      new StartExecutionCommand({
        stateMachineArn,
        name: saga.sagaId,
        input: JSON.stringify({ saga, order }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
};

export const handler = consume(reacting(startSaga, start), means());
