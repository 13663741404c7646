import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';

export interface TopicRecord {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const headersOf = ({ headers = {} }: KafkaMessage): TopicRecord['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]));

/** Everything that is on a topic now, each partition in order. */
export const topicRecords = async (
  brokers: readonly string[],
  topic: string,
): Promise<readonly TopicRecord[]> => {
  const kafka = new Kafka({ clientId: 'audit', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const open = new Map(
    ends
      .filter(({ high, low }) => BigInt(high) > BigInt(low))
      .map(({ partition, high }) => [partition, BigInt(high)]),
  );
  const records: TopicRecord[] = [];
  const seen = new Map<number, bigint>();
  if (open.size === 0) return records;

  const consumer = kafka.consumer({
    groupId: `audit-${topic}-${String(process.pid)}-${String(performance.now())}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  try {
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
        // It starts again by itself, from the first record: what was read already stays read.
        if (!restart) reject(error);
      });
      consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ partition, message }: { partition: number; message: KafkaMessage }) => {
            const end = open.get(partition);
            const offset = BigInt(message.offset);
            if (end !== undefined && offset < end && offset > (seen.get(partition) ?? -1n)) {
              seen.set(partition, offset);
              records.push({
                partition,
                offset,
                timestamp: Number(message.timestamp),
                key: message.key?.toString() ?? '',
                value: message.value?.toString() ?? '',
                headers: headersOf(message),
              });
            }
            if (end !== undefined && offset + 1n >= end) open.delete(partition);
            if (open.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return records;
};
