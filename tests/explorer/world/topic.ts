import type { MSKEvent } from 'aws-lambda';
import type { KafkaMessage } from '../../../shared/publish/kafka-message.ts';
import { base64, mskEvent, type RecordDraft } from '../../../shared/testing/msk-event.ts';
import { accountNames } from '../schedule.ts';

const PARTITIONS = 2;

/** The last account has a partition of its own. */
const partitionOf = (key: string): number => (key.endsWith(`-${accountNames[2]}`) ? 1 : 0);

/** A record of the model topic, with what it says, as far as it says anything. */
export interface TopicRecord {
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly timestamp: number;
}

/**
 * A Kafka topic as a model: partitions in memory that only grow, under a key's own partition. The port in front of it
 * is the relay's `Publish`; what is behind that port on AWS is tested against a real Kafka elsewhere.
 */
export class Topic {
  readonly name: string;
  readonly partitions: readonly TopicRecord[][] = Array.from({ length: PARTITIONS }, () => []);

  constructor(name: string) {
    this.name = name;
  }

  append(messages: readonly Pick<KafkaMessage, 'key' | 'value'>[], timestamp: number): void {
    for (const message of messages) {
      const [key, value] = [String(message.key), String(message.value)];
      const log = this.partitions[partitionOf(key)];
      log?.push({ offset: log.length, key, value, timestamp });
    }
  }

  /** What Lambda is sent for records of a partition. */
  event(partition: number, records: readonly TopicRecord[]): MSKEvent {
    return mskEvent(
      records.map(({ offset, key, value, timestamp }): RecordDraft => ({
        topic: this.name,
        partition,
        offset,
        timestamp,
        timestampType: 'CREATE_TIME',
        key: base64(key),
        value: base64(value),
        headers: [],
      })),
    );
  }
}
