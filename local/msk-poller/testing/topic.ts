import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';
import { eventually } from './eventually.ts';

export interface TopicMessage {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string;
}

export interface TestTopic extends AsyncDisposable {
  readonly name: string;
  readonly groupId: string;
  /** A template with one mapping of this topic to the function `consumer`. */
  readonly template: (properties?: Readonly<Record<string, unknown>>) => unknown;
  readonly publish: (messages: readonly Message[]) => Promise<void>;
  /** Reads the topic from its start until it has so many messages. */
  readonly read: (count: number) => Promise<TopicMessage[]>;
  /** Commits an offset of partition 0 for a group, as another consumer would have. */
  readonly commit: (groupId: string, offset: number) => Promise<void>;
  /** Committed offsets by partition; undefined where nothing is committed. */
  readonly committed: () => Promise<(number | undefined)[]>;
}

/** A new topic, by default with a name of its own, and a group of its own on a running Kafka. */
export async function createTopic(
  brokers: readonly string[],
  partitions: number,
  name = `poller-${randomUUID()}`,
): Promise<TestTopic> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const groupId = `${name}-group`;
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  await admin.createTopics({
    topics: [{ topic: name, numPartitions: partitions, replicationFactor: 1 }],
    waitForLeaders: true,
  });
  return {
    name,
    groupId,
    template: (properties = {}) => ({
      Resources: {
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: 'consumer',
            EventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/test/1',
            Topics: [name],
            AmazonManagedKafkaEventSourceConfig: { ConsumerGroupId: groupId },
            MaximumBatchingWindowInSeconds: 0,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ...properties,
          },
        },
      },
    }),
    async publish(messages) {
      await producer.send({ topic: name, messages: [...messages] });
    },
    read: (count) => readTopic(kafka, name, count),
    async commit(group, offset) {
      const partition = { partition: 0, offset: String(offset) };
      await admin.setOffsets({ groupId: group, topic: name, partitions: [partition] });
    },
    async committed() {
      const [answer] = await admin.fetchOffsets({ groupId, topics: [name] });
      const byPartition = new Map(
        answer?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
      );
      return Array.from({ length: partitions }, (_none, partition) => {
        const offset = byPartition.get(partition) ?? -1;
        return offset < 0 ? undefined : offset;
      });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
    },
  };
}

async function readTopic(kafka: Kafka, topic: string, count: number): Promise<TopicMessage[]> {
  const consumer = kafka.consumer({ groupId: `${topic}-reader-${randomUUID()}` });
  const messages: TopicMessage[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ partition, message: { key, value } }) => {
        messages.push({ partition, key: key?.toString() ?? null, value: value?.toString() ?? '' });
        return Promise.resolve();
      },
    });
    await eventually(
      () => messages.length >= count,
      () => `${topic} has ${messages.length} messages, not ${count}`,
    );
  } finally {
    await consumer.disconnect();
  }
  return messages;
}
