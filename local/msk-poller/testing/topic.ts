import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, Partitioners, type Message } from 'kafkajs';

export interface TestTopic extends AsyncDisposable {
  readonly name: string;
  readonly groupId: string;
  /** A template with one mapping of this topic to the function `consumer`. */
  readonly template: (properties?: Readonly<Record<string, unknown>>) => unknown;
  readonly publish: (messages: readonly Message[]) => Promise<void>;
  /** Committed offsets by partition; undefined where nothing is committed. */
  readonly committed: () => Promise<(number | undefined)[]>;
}

/** A new topic and a group of its own on a running Kafka. */
export async function createTopic(brokers: readonly string[], partitions: number): Promise<TestTopic> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const name = `poller-${randomUUID()}`;
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
