import { stepFunctionsClient } from '../../../shared/aws/step-functions-client.ts';
import { compensation, sagaTask, sagaTasks } from '../../../shared/orchestrate/saga-task.ts';
import { circuitOf } from '../../../shared/wire/circuit-of.ts';
import { personalData } from '../../../shared/wire/personal-data.ts';
import { client, commands, setting } from '../../../shared/wire/resources.ts';
import { answerThroughStepFunctions } from '../answer-saga.ts';
import * as command from '../commands.ts';
import { dynamoDeliveryRequests } from '../dynamo-delivery-requests.ts';
import { httpCarrier } from '../http-carrier.ts';
import { requestDelivery } from '../request-delivery.ts';
import { takeBackDelivery } from '../take-back-delivery.ts';

const means = {
  commands: commands(),
  vault: personalData(),
  requests: dynamoDeliveryRequests(client(), setting('TASK_TOKENS_TABLE')),
  carrier: httpCarrier(setting('CARRIER_URL'), { circuit: circuitOf('carrier') }),
  answer: answerThroughStepFunctions(stepFunctionsClient()),
};

export const handler = sagaTasks({
  ArrangeDelivery: sagaTask(command.arrangeDelivery, requestDelivery(means)),
  CancelDelivery: compensation(command.cancelDelivery, takeBackDelivery(means)),
});
