import { SFNClient } from '@aws-sdk/client-sfn';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { client, commands, setting } from '../../../shared/wire/resources.ts';
import { answerThroughStepFunctions } from '../answer-saga.ts';
import * as command from '../commands.ts';
import { dynamoDeliveryRequests } from '../dynamo-delivery-requests.ts';
import { takeCarrierReply } from '../take-carrier-reply.ts';

const take = takeCarrierReply({
  commands: commands(),
  requests: dynamoDeliveryRequests(client(), setting('TASK_TOKENS_TABLE')),
  answer: answerThroughStepFunctions(new SFNClient({})),
});
const api = httpApi(onceForCommands());

api.command('post', '/deliveries/carrier-callbacks', command.takeCarrierReply, async ({ body, context }) =>
  accepted({ orderId: body.reference }, await take(body, context.commandId)),
);

export const { handler } = api;
