import type { Admin } from 'kafkajs';
import { withAdmin } from '../kafka-access.ts';

const GROUP_SUFFIX = '-consumer-group';

export interface Lag {
  /** Records that consumers have not got through yet. */
  readonly lag: number;
  /** Records on the topics that consumers read. */
  readonly records: number;
}

const endsOf = async (admin: Admin, topic: string): Promise<ReadonlyMap<number, number>> =>
  new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));

/** How far every consumer group has come on every topic that it reads. */
export const consumerLag = (brokers: readonly string[]): Promise<Lag> =>
  withAdmin(brokers, async (admin) => {
    const { groups } = await admin.listGroups();
    const ends = new Map<string, ReadonlyMap<number, number>>();
    let lag = 0;
    for (const { groupId } of groups) {
      if (!groupId.endsWith(GROUP_SUFFIX)) continue;
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId })) {
        const known = ends.get(topic) ?? (await endsOf(admin, topic));
        ends.set(topic, known);
        const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        for (const [partition, end] of known) lag += end - Math.max(0, committed.get(partition) ?? 0);
      }
    }
    const records = [...ends.values()].flatMap((known) => [...known.values()]).reduce((a, b) => a + b, 0);
    return { lag, records };
  });
