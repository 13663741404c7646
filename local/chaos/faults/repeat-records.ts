import type { TopicRecord } from '../../scenarios/topic-records.ts';
import { produce } from '../kafka-access.ts';

/**
 * Writes copies of records that are on a topic already: the same bytes, keys, headers and partitions, in their
 * order, as a producer does that lost an answer.
 * @param from position among the records; past the last that has enough behind it, it starts again
 * @returns how many
 */
export const repeatRecords = async (
  brokers: readonly string[],
  topic: string,
  records: readonly TopicRecord[],
  from: number,
  count: number,
): Promise<number> => {
  const first = from % Math.max(1, records.length - count + 1);
  const copies = records.slice(first, first + count).map(({ partition, key, value, headers }) => ({
    partition,
    key,
    value,
    headers: { ...headers },
  }));
  if (copies.length > 0) await produce(brokers, topic, copies);
  return copies.length;
};
