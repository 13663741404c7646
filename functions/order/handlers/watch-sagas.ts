import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { z } from 'zod';
import { stepFunctionsClient } from '../../../shared/aws/step-functions-client.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import { parse } from '../../../shared/define/parse.ts';
import { logger, metrics, observed } from '../../../shared/observe/telemetry.ts';
import { client, commands, setting, views } from '../../../shared/wire/resources.ts';
import { dynamoStalledSagas } from '../dynamo-stalled-sagas.ts';
import { order } from '../order.ts';
import { sfnSagaExecutions } from '../sfn-saga-executions.ts';
import { watchSagas } from '../watch-sagas.ts';

const run = commands();
const watch = watchSagas({
  executions: sfnSagaExecutions(stepFunctionsClient(), setting('ORDER_SAGA_ARN')),
  views: views(),
  stalled: dynamoStalledSagas(client(), setting('STALLED_SAGAS_TABLE')),
  isSubmitted: async (orderId) => (await run.state(order, orderId)).status === 'submitted',
});

/** Minutes, for a call by hand: after the watcher stood still, look further back. The schedule gives none. */
const request = z.object({
  lookBackMinutes: z.number().min(0).max(10_080).default(15),
  startWithinMinutes: z.number().min(0).max(60).default(5),
});

export const handler = observed(async (event: unknown) => {
  const { lookBackMinutes, startWithinMinutes } = parse(request, event, 'watch');
  const stalled = await watch(systemClock.now(), {
    lookBackMs: lookBackMinutes * 60_000,
    startWithinMs: startWithinMinutes * 60_000,
  });
  // Written also when it is zero: an alarm can tell a good count from a watcher that has stopped.
  metrics.addMetric('SagasStalled', MetricUnit.Count, stalled);
  logger[stalled > 0 ? 'error' : 'info']('sagas watched', { stalled });
  return { stalled };
});
