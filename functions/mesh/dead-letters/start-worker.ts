import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { StartWorker } from './redrive-desk.ts';

/** Starts workers asynchronously: Lambda keeps the request, and sends it again when a worker dies. */
export const lambdaWorkers =
  (client: LambdaClient, FunctionName: string): StartWorker =>
  async (job) => {
    await client.send(
      new InvokeCommand({
        FunctionName,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify({ job })),
      }),
    );
  };
