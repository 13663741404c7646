import { LambdaClient } from '@aws-sdk/client-lambda';
import { systemClock } from '../../../shared/define/clock.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { client, setting } from '../../../shared/wire/resources.ts';
import { lambdaConsumers } from '../dead-letters/ask-consumer.ts';
import { deskApi } from '../dead-letters/desk-api.ts';
import { lambdaWorkers } from '../dead-letters/start-worker.ts';

const lambda = new LambdaClient({});

export const handler = deskApi({
  table: { client: client(), tableName: setting('DEAD_LETTERS_TABLE'), clock: systemClock },
  ask: lambdaConsumers(lambda),
  startWorker: lambdaWorkers(lambda, setting('REDRIVE_FUNCTION')),
  once: onceForCommands(),
});
