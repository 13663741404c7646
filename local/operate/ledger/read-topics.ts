import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import { kafkaSecurity, type KafkaConnection } from '../../../shared/publish/kafka-publisher.ts';

const PARTITIONS_AT_ONCE = 4;

/** Where a topic-partition begins and ends: its first offset, and the one that its next record gets. */
export interface PartitionEnds {
  readonly topic: string;
  readonly partition: number;
  readonly earliest: number;
  readonly end: number;
}

const kafkaOf = (connection: KafkaConnection): Kafka =>
  new Kafka({
    clientId: connection.clientId,
    brokers: [...connection.brokers],
    logLevel: logLevel.NOTHING,
    ...kafkaSecurity(connection),
  });

/** Asks where the partitions of some topics begin and end. */
export const partitionEnds = async (
  connection: KafkaConnection,
  topics: readonly string[],
): Promise<readonly PartitionEnds[]> => {
  const admin = kafkaOf(connection).admin();
  await admin.connect();
  try {
    const ends: PartitionEnds[] = [];
    for (const topic of topics) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        ends.push({ topic, partition, earliest: Number(low), end: Number(high) });
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
};

/**
 * Reads partitions from their beginning to their end, each in order, a few at a time; the next records of a partition
 * are read when `take` is done with those before.
 */
export const readTopics = async (
  connection: KafkaConnection,
  ends: readonly PartitionEnds[],
  take: (records: readonly KafkaRecord[]) => Promise<void>,
): Promise<void> => {
  const nameOf = (topic: string, partition: number): string => `${topic}-${partition}`;
  const open = new Map(
    ends
      .filter(({ earliest, end }) => end > earliest)
      .map(({ topic, partition, end }) => [nameOf(topic, partition), end]),
  );
  if (open.size === 0) return;
  const groupId = `${connection.clientId}-${randomUUID()}`;
  const kafka = kafkaOf(connection);
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, sessionTimeout: 60_000 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...new Set(ends.map(({ topic }) => topic))], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
        reject(error);
      });
      consumer
        .run({
          autoCommit: false,
          partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
          eachBatch: async (payload) => {
            const { topic, partition, messages } = payload.batch;
            const name = nameOf(topic, partition);
            const end = open.get(name);
            if (end === undefined) {
              payload.pause();
              return;
            }
            const records = messages.map((message) => recordOf(topic, partition, message));
            await take(records.filter(({ offset }) => offset < end)).catch(reject);
            await payload.heartbeat();
            if ((records.at(-1)?.offset ?? 0) + 1 < end) return;
            open.delete(name);
            payload.pause();
            if (open.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
    const admin = kafka.admin();
    await admin.connect();
    await admin.deleteGroups([groupId]).finally(() => admin.disconnect());
  }
};

const base64 = (bytes: Buffer | null): string | null => bytes && bytes.toString('base64');

/** A record as Lambda would send it: base64, and header bytes signed. */
const recordOf = (topic: string, partition: number, message: KafkaMessage): KafkaRecord => ({
  topic,
  partition,
  offset: Number(message.offset),
  timestamp: Number(message.timestamp),
  key: base64(message.key),
  value: base64(message.value),
  headers: Object.entries(message.headers ?? {}).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => ({ [name]: [...new Int8Array(Buffer.from(value))] })),
  ),
});
