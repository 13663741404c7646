import type { Delivery } from './consumer.ts';
import type { Decoded, KafkaRecord } from './record.ts';

/** A record that a consumer has to do something about. */
export interface Task {
  readonly record: KafkaRecord;
  /** Records of one lane end in their order: those of a key, and each record without a key for itself. */
  readonly lane: string;
  /** The event, or why there is none. */
  readonly content: { readonly delivery: Delivery } | { readonly error: unknown };
}

/** What there is to do about a record; nothing about one of another type. */
export const taskOf = (decoded: Decoded): Task[] => {
  if (decoded.kind === 'not-for-me') return [];
  const { record } = decoded;
  const lane = record.key ?? `no key, ${partitionOf(record)}@${record.offset}`;
  const content =
    decoded.kind === 'event'
      ? { delivery: { key: decoded.key, event: decoded.event } }
      : { error: decoded.error };
  return [{ record, lane, content }];
};

/** A partition's name as Lambda writes it. */
export const partitionOf = ({ topic, partition }: KafkaRecord): string => `${topic}-${partition}`;
