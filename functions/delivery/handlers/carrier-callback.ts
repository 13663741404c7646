import { stepFunctionsClient } from '../../../shared/aws/step-functions-client.ts';
import { accepted } from '../../../shared/http/accepted.ts';
import { httpApi } from '../../../shared/http/api.ts';
import { secretsIn } from '../../../shared/http/webhook-signature.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { client, commands, setting } from '../../../shared/wire/resources.ts';
import { answerThroughStepFunctions } from '../answer-saga.ts';
import * as command from '../commands.ts';
import { delivery, followParcel } from '../delivery.ts';
import { dynamoDeliveryRequests } from '../dynamo-delivery-requests.ts';
import { takeCarrierReply } from '../take-carrier-reply.ts';

const run = commands();
const take = takeCarrierReply({
  commands: run,
  requests: dynamoDeliveryRequests(client(), setting('TASK_TOKENS_TABLE')),
  answer: answerThroughStepFunctions(stepFunctionsClient()),
});
const carrier = { name: 'carrier', secrets: secretsIn(setting('CARRIER_WEBHOOK_SECRETS')) };
const api = httpApi(onceForCommands());

api.command('post', '/deliveries/carrier-callbacks', command.takeCarrierReply, async ({ body, context }) =>
  accepted({ orderId: body.reference }, await take(body, context.commandId)),
);

api.webhook('/deliveries/carrier-events', carrier, command.takeCarrierEvent, async ({ body, context }) =>
  accepted(
    { orderId: body.reference },
    await run.execute(delivery, body.reference, context, (state) => followParcel(state, body)),
  ),
);

export const { handler } = api;
