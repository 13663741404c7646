import { Kafka, logLevel } from 'kafkajs';
import { topics } from '../../shared/define/topics.ts';

/**
 * Creates every topic of the manifest that is not there yet; replication and min ISR are capped to the
 * number of brokers. Resolves when all partitions have a leader.
 */
export async function createTopics(brokers: readonly string[]): Promise<number> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  try {
    const { brokers: members } = await admin.describeCluster();
    const capped = (wanted: number): number => Math.min(wanted, members.length);
    await admin.createTopics({
      waitForLeaders: true,
      timeout: 30_000,
      topics: topics.map((topic) => ({
        topic: topic.name,
        numPartitions: topic.partitions,
        replicationFactor: capped(topic.replicationFactor),
        configEntries: [
          { name: 'min.insync.replicas', value: String(capped(topic.minInSyncReplicas)) },
          { name: 'retention.ms', value: String(topic.retentionMs) },
          { name: 'compression.type', value: topic.compression },
          { name: 'cleanup.policy', value: topic.cleanupPolicy },
        ],
      })),
    });
    return topics.length;
  } finally {
    await admin.disconnect();
  }
}
