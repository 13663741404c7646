import { Kafka, logLevel } from 'kafkajs';
import type { TopicRecord } from '../../../local/scenarios/topic-records.ts';

/** A record that a test writes straight to a topic, past the mesh. */
export interface ForeignRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer>>;
}

const MARK = 'x-written-by-test';

/** Whether a record came through the mesh's own relay. */
export const isOfTheMesh = ({ headers }: TopicRecord): boolean => !(MARK in headers);

/** The header that every foreign record carries. */
export const mark = { [MARK]: Buffer.from('yes') };

/**
 * Writes records to one partition, one behind the other in one batch.
 * @returns the offset of the first
 */
export const produce = async (
  brokers: readonly string[],
  topic: string,
  partition: number,
  records: readonly ForeignRecord[],
): Promise<number> => {
  const producer = new Kafka({
    clientId: 'poison',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
  }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    const [answer] = await producer.send({
      topic,
      acks: -1,
      messages: records.map((record) => ({
        ...record,
        partition,
        headers: { ...record.headers, ...mark },
      })),
    });
    return Number(answer?.baseOffset);
  } finally {
    await producer.disconnect();
  }
};

/** How far a consumer group has committed a partition: the offset of the next record it wants; −1 before any. */
export const committed = async (
  brokers: readonly string[],
  topic: string,
  partition: number,
  groupIds: readonly string[],
): Promise<readonly number[]> => {
  const admin = new Kafka({ clientId: 'poison', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const offsets: number[] = [];
    for (const groupId of groupIds) {
      const [answer] = await admin.fetchOffsets({ groupId, topics: [topic] });
      offsets.push(Number(answer?.partitions.find((found) => found.partition === partition)?.offset));
    }
    return offsets;
  } finally {
    await admin.disconnect();
  }
};
