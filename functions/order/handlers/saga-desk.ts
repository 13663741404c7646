import { stepFunctionsClient } from '../../../shared/aws/step-functions-client.ts';
import { dynamoEventStore } from '../../../shared/decide/dynamo-event-store.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import { httpApi, noBody, pageQuery } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { client, setting } from '../../../shared/wire/resources.ts';
import { dynamoStalledSagas } from '../dynamo-stalled-sagas.ts';
import { resumeSaga } from '../resume-saga.ts';
import { sfnSagaExecutions } from '../sfn-saga-executions.ts';
import { showStalled } from '../show-stalled.ts';

const executions = sfnSagaExecutions(stepFunctionsClient(), setting('ORDER_SAGA_ARN'));
const stalled = dynamoStalledSagas(client(), setting('STALLED_SAGAS_TABLE'));
const show = showStalled(executions, stalled);
const resume = resumeSaga({
  executions,
  stalled,
  store: dynamoEventStore(client(), setting('EVENTS_TABLE')),
});
const api = httpApi(onceForCommands());

api.query('/ops/sagas', pageQuery, ({ query }) => show(query));

api.command('post', '/ops/sagas/:orderId/resume', noBody, async ({ params: { orderId = '' }, context }) => ({
  orderId,
  ...(await resume(orderId, systemClock.now(), context.userId)),
}));

export const { handler } = api;
