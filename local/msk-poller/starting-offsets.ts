import type { Kafka } from 'kafkajs';
import type { Mapping } from './mapping.ts';

const NOTHING_COMMITTED = '-1';

/**
 * Where a group begins in the partitions it has committed nothing for; partitions not in the answer begin at their
 * committed offset, or else at their first record. "An existing consumer group overrides the starting position": AWS page
 * "Customizable consumer group ID in Lambda".
 */
export async function startingOffsets(kafka: Kafka, mapping: Mapping): Promise<ReadonlyMap<number, string>> {
  const { startingPosition, topic, groupId } = mapping;
  if (startingPosition.at === 'TRIM_HORIZON') return new Map();
  const admin = kafka.admin();
  await admin.connect();
  try {
    const committed = await admin.fetchOffsets({ groupId, topics: [topic] });
    const fresh = new Set(
      committed
        .flatMap(({ partitions }) => partitions)
        .filter(({ offset }) => offset === NOTHING_COMMITTED)
        .map(({ partition }) => partition),
    );
    const offsets =
      startingPosition.at === 'LATEST'
        ? (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ partition, offset: high }))
        : await admin.fetchTopicOffsetsByTimestamp(topic, startingPosition.timestampMs);
    return new Map(
      offsets
        .filter(({ partition }) => fresh.has(partition))
        .map(({ partition, offset }) => [partition, offset]),
    );
  } finally {
    await admin.disconnect();
  }
}
