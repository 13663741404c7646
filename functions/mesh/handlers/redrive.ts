import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { lambdaClient } from '../../../shared/aws/lambda-client.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import { observed } from '../../../shared/observe/telemetry.ts';
import { client, setting } from '../../../shared/wire/resources.ts';
import { lambdaConsumers } from '../dead-letters/ask-consumer.ts';
import { runJob } from '../dead-letters/run-job.ts';
import { lambdaWorkers } from '../dead-letters/start-worker.ts';

const lambda = lambdaClient();
const table = { client: client(), tableName: setting('DEAD_LETTERS_TABLE'), clock: systemClock };
const ask = lambdaConsumers(lambda);
const startWorker = lambdaWorkers(lambda, setting('REDRIVE_FUNCTION'));

/** Works on a redrive until its time is nearly up, and has another worker go on then. */
export const handler = observed(async ({ job }: { readonly job: string }, context: Context) => {
  const timing = {
    now: () => Date.now(),
    wait: (milliseconds: number) => delay(milliseconds),
    remaining: () => context.getRemainingTimeInMillis(),
  };
  const run = await runJob({ table, ask, timing }, job);
  if (run === 'continue') await startWorker(job);
  return { job, run };
});
