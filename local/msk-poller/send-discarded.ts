import { randomUUID } from 'node:crypto';
import type { SendDiscarded } from './discarder.ts';
import type { FailureDestination } from './failure-destination.ts';
import {
  failedRecordMessages,
  invocationRecord,
  invocationRecordKey,
  invocationRecordWithPayload,
} from './invocation-record.ts';
import { isObject } from './json-object.ts';
import type { SendAwsRequest } from './signed-request.ts';

/** Writes messages to a topic of the cluster that the mappings read from. */
export type Produce = (
  topic: string,
  messages: readonly { key: Buffer | null; value: string }[],
) => Promise<void>;

export interface DestinationPorts {
  readonly request: SendAwsRequest;
  readonly produce: Produce;
  /** Of buckets, whose ARN names none. */
  readonly region: string;
}

/** Takes discarded batches to SQS, SNS, S3 or a Kafka topic, each in the shape that AWS documents for it. */
export function sendToDestinations(ports: DestinationPorts): SendDiscarded {
  return async (batch) => {
    const destination = batch.mapping.onFailure;
    switch (destination?.kind) {
      case 'sqs':
        return sendToQueue(ports.request, destination, JSON.stringify(invocationRecord(batch)));
      case 'sns':
        await ports.request({
          service: 'sns',
          region: destination.region,
          method: 'POST',
          path: '/',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({
            Action: 'Publish',
            Version: '2010-03-31',
            TopicArn: destination.arn,
            Message: JSON.stringify(invocationRecord(batch)),
          }).toString(),
        });
        return;
      case 's3':
        await ports.request({
          service: 's3',
          region: ports.region,
          method: 'PUT',
          path: `/${destination.bucket}/${invocationRecordKey(batch, randomUUID())}`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(invocationRecordWithPayload(batch)),
        });
        return;
      case 'kafka':
        return ports.produce(destination.topic, failedRecordMessages(batch));
      case undefined:
        return;
    }
  };
}

async function sendToQueue(
  request: SendAwsRequest,
  { region, account, queue }: Extract<FailureDestination, { kind: 'sqs' }>,
  message: string,
): Promise<void> {
  const call = (operation: string, body: object): Promise<string> =>
    request({
      service: 'sqs',
      region,
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${operation}` },
      body: JSON.stringify(body),
    });
  const found: unknown = JSON.parse(
    await call('GetQueueUrl', { QueueName: queue, QueueOwnerAWSAccountId: account }),
  );
  if (!isObject(found)) throw new Error(`SQS gave no URL for the queue ${queue}`);
  await call('SendMessage', { QueueUrl: found['QueueUrl'], MessageBody: message });
}
