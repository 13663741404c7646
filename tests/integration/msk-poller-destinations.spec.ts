import { randomUUID } from 'node:crypto';
import { describe, expect, inject } from 'vitest';
import { awsDestinations, type TestDestination } from '../../local/msk-poller/testing/aws-destinations.ts';
import { conforms } from '../../local/msk-poller/testing/conforms.ts';
import { eventually } from '../../local/msk-poller/testing/eventually.ts';
import { startLambdaEndpoint, type LambdaEndpoint } from '../../local/msk-poller/testing/lambda-endpoint.ts';
import { ready, startPoller } from '../../local/msk-poller/testing/poller-process.ts';
import { createTopic, type TestTopic } from '../../local/msk-poller/testing/topic.ts';

const { kafka: brokers, ministack } = inject('engines');
const aws = awsDestinations(ministack);
const PROVISIONED = { ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 1 } };

/** A poller whose function fails for good, with its failures going to a destination after one retry. */
const startFailing = (topic: TestTopic, lambda: LambdaEndpoint, destination: string) =>
  startPoller({
    template: topic.template({
      ...PROVISIONED,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: destination } },
    }),
    brokers,
    endpoint: lambda.url,
    destinations: ministack,
  });

/** What arrives at a destination when two records of a partition fail for good. */
async function receiveFailure(destination: TestDestination): Promise<{ topic: string; received: unknown }> {
  await using topic = await createTopic(brokers, 1);
  await using lambda = await startLambdaEndpoint(() => ({ throws: 'poison' }));
  await topic.publish([
    { partition: 0, key: 'k', value: 'first', timestamp: '1700000000000' },
    { partition: 0, key: 'k', value: 'second', timestamp: '1700000000001' },
  ]);
  await using poller = startFailing(topic, lambda, destination.arn);
  const received = await destination.receive();
  await eventually(async () => (await topic.committed())[0] === 2, poller.output);
  return { topic: topic.name, received };
}

const metadataOf = (topic: string) => ({
  requestContext: {
    requestId: expect.stringMatching(/.+/),
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:consumer',
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 2,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  KafkaBatchInfo: {
    batchSize: 2,
    eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/test/1',
    bootstrapServers: brokers.join(','),
    payloadSize: expect.any(Number),
    recordsInfo: {
      [`${topic}-0`]: {
        firstRecordOffset: '0',
        lastRecordOffset: '1',
        firstRecordTimestamp: '2023-11-14T22:13:20.000Z',
        lastRecordTimestamp: '2023-11-14T22:13:20.001Z',
      },
    },
  },
});

describe('AWS destinations', () => {
  conforms('onFailure', 'document', async () => {
    const { topic, received } = await receiveFailure(await aws.queue());
    expect(received).toEqual(metadataOf(topic));
  });

  conforms('onFailure', 'sns', async () => {
    const { topic, received } = await receiveFailure(await aws.topic());
    expect(received).toEqual(metadataOf(topic));
  });

  conforms('onFailure', 's3', async () => {
    const bucket = await aws.bucket();
    const { topic, received } = await receiveFailure(bucket);
    expect(received).toEqual({ ...metadataOf(topic), payload: expect.any(String) });
    // Just checked to have one.
    const { payload } = received as { payload: string };
    expect(JSON.parse(payload)).toMatchObject({
      records: { [`${topic}-0`]: [{ offset: 0 }, { offset: 1 }] },
    });
    expect(await bucket.keys()).toEqual([expect.stringContaining(`/${topic}-0/`)]);
  });

  conforms('onFailure', 'offsets', async () => {
    const queue = await aws.queue();
    await using topic = await createTopic(brokers, 1);
    const isPoison = (value: string | null) => Buffer.from(value ?? '', 'base64').toString() === 'poison';
    await using lambda = await startLambdaEndpoint(({ records }) =>
      records.some(({ value }) => isPoison(value)) ? { throws: 'poison' } : { returns: null },
    );
    const messages = ['a', 'b', 'poison', 'c'].map((value) => ({ partition: 0, value }));
    await topic.publish(messages);
    await using poller = startPoller({
      template: topic.template({
        ...PROVISIONED,
        MaximumRetryAttempts: 0,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: queue.arn } },
      }),
      brokers,
      endpoint: lambda.url,
      destinations: ministack,
    });
    const record = (await queue.receive()) as ReturnType<typeof metadataOf>;
    await eventually(async () => (await topic.committed())[0] === 4, poller.output);
    const { firstRecordOffset, lastRecordOffset } =
      record.KafkaBatchInfo.recordsInfo[`${topic.name}-0`] ?? {};
    expect([firstRecordOffset, lastRecordOffset]).toEqual(['2', '2']);
    const stored = await topic.read(4);
    expect(stored[Number(firstRecordOffset)]?.value).toBe('poison');
  });
});

describe('Kafka destinations', () => {
  conforms('kafkaOnFailure', 'retries', async () => {
    await using topic = await createTopic(brokers, 1);
    await using failed = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => ({ throws: 'poison' }));
    await topic.publish([{ partition: 0, key: 'k', value: 'v' }]);
    await using poller = startFailing(topic, lambda, `kafka://${failed.name}`);
    const [message] = await failed.read(1);
    await eventually(async () => (await topic.committed())[0] === 1, poller.output);
    expect(lambda.invocations).toHaveLength(2);
    expect(JSON.parse(message?.value ?? '')).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
    });
  });

  conforms('kafkaOnFailure', 'content', async () => {
    await using topic = await createTopic(brokers, 1);
    await using failed = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => ({ throws: 'poison' }));
    await topic.publish([{ partition: 0, key: 'k', value: 'v', timestamp: '1700000000000' }]);
    await using poller = startFailing(topic, lambda, `kafka://${failed.name}`);
    const [message] = await failed.read(1).catch((cause: unknown) => {
      throw new Error(poller.output(), { cause });
    });
    expect(JSON.parse(message?.value ?? '')).toMatchObject({
      KafkaBatchInfo: { batchSize: 1, recordInfo: { offset: '0', timestamp: '2023-11-14T22:13:20.000Z' } },
      payload: {
        eventSource: 'aws:kafka',
        records: { [`${topic.name}-0`]: [{ offset: 0, key: 'aw==', value: 'dg==' }] },
      },
    });
  });

  conforms('kafkaOnFailure', 'sameKey', async () => {
    await using topic = await createTopic(brokers, 6);
    await using failed = await createTopic(brokers, 6);
    await using lambda = await startLambdaEndpoint(() => ({ throws: 'poison' }));
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await topic.publish(keys.map((key) => ({ key, value: key })));
    await using poller = startFailing(topic, lambda, `kafka://${failed.name}`);
    const place = (messages: Awaited<ReturnType<TestTopic['read']>>) =>
      new Map(messages.map(({ key, partition }) => [key, partition]));
    const arrived = place(await failed.read(keys.length));
    await eventually(
      async () => (await topic.committed()).reduce<number>((sum, offset = 0) => sum + offset, 0) === 8,
      poller.output,
    );
    expect(arrived).toEqual(place(await topic.read(keys.length)));
  });

  conforms('kafkaOnFailure', 'noKey', async () => {
    await using topic = await createTopic(brokers, 1);
    await using failed = await createTopic(brokers, 4);
    await using lambda = await startLambdaEndpoint(() => ({ throws: 'poison' }));
    await topic.publish(Array.from({ length: 8 }, () => ({ partition: 0, value: 'v' })));
    await using _poller = startFailing(topic, lambda, `kafka://${failed.name}`);
    const messages = await failed.read(8);
    expect(messages.every(({ key }) => key === null)).toBe(true);
    expect(new Set(messages.map(({ partition }) => partition)).size).toBe(4);
  });

  conforms('kafkaOnFailure', 'sameCluster', async () => {
    await using topic = await createTopic(brokers, 1);
    await using lambda = await startLambdaEndpoint(() => ({ returns: null }));
    const missing = `failed-${randomUUID()}`;
    await using poller = startFailing(topic, lambda, `kafka://${missing}`);
    await eventually(
      () => poller.status()?.mappings[0]?.lastError?.includes(missing) ?? false,
      poller.output,
    );
    expect(poller.status()).toMatchObject({ ready: false });
    // It is polled as soon as the topic is there.
    await using _made = await createTopic(brokers, 1, missing);
    await ready(poller);
  });
});
