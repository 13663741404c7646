import { lambdaClient } from '../../../shared/aws/lambda-client.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { client, setting } from '../../../shared/wire/resources.ts';
import { lambdaConsumers } from '../dead-letters/ask-consumer.ts';
import { deskApi } from '../dead-letters/desk-api.ts';
import { lambdaWorkers } from '../dead-letters/start-worker.ts';

const lambda = lambdaClient();
/** The desk has 29 s for its own answer, which says so where a consumer gave none. */
const ANSWER_MS = 25_000;

export const handler = deskApi({
  table: { client: client(), tableName: setting('DEAD_LETTERS_TABLE'), clock: systemClock },
  ask: lambdaConsumers(lambda, ANSWER_MS),
  startWorker: lambdaWorkers(lambda, setting('REDRIVE_FUNCTION')),
  once: onceForCommands(),
});
