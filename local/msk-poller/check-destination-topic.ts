import type { Kafka } from 'kafkajs';
import type { Mapping } from './mapping.ts';

/**
 * "The destination topic must exist in the same Kafka cluster as your source topics": AWS page "Using a Kafka topic as an
 * on-failure destination".
 * @throws Error when it does not; the mapping is not polled before it is there
 */
export async function checkDestinationTopic(kafka: Kafka, { id, onFailure }: Mapping): Promise<void> {
  if (onFailure?.kind !== 'kafka') return;
  const admin = kafka.admin();
  await admin.connect();
  try {
    if ((await admin.listTopics()).includes(onFailure.topic)) return;
  } finally {
    await admin.disconnect();
  }
  throw new Error(
    `${id}: DestinationConfig.OnFailure.Destination kafka://${onFailure.topic}: the cluster has no such topic`,
  );
}
