import type { MSKEvent, MSKRecord } from 'aws-lambda';
import type { Delivery } from '../consume/consumer.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition } from '../define/event.ts';
import { kafkaMessage } from '../publish/kafka-message.ts';
import { testTime } from './envelope-of.ts';

/**
 * A record of an MSK event as AWS writes it down. Key and value may be missing or null there, whatever the type
 * definitions say. Without an offset, `mskEvent` numbers it.
 */
export type RecordDraft = Omit<MSKRecord, 'key' | 'value' | 'offset'> & {
  readonly key?: string | null;
  readonly value?: string | null;
  readonly offset?: number;
};

export const base64 = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Header bytes as Java prints them: signed. */
const headers = (fields: Readonly<Record<string, string>>): MSKRecord['headers'] =>
  Object.entries(fields).map(([name, value]) => ({ [name]: [...new Int8Array(Buffer.from(value))] }));

/** An event as the record that the relay's message arrives as; `changes` puts something else in. */
export const mskRecord = (
  aggregate: AggregateDefinition,
  event: EventEnvelope,
  changes: Partial<RecordDraft> = {},
): RecordDraft => {
  const message = kafkaMessage(event, aggregate.orderingKey(event.aggregateId));
  return {
    topic: aggregate.topic,
    partition: 0,
    timestamp: testTime,
    timestampType: 'CREATE_TIME',
    key: base64(message.key),
    value: base64(message.value),
    headers: headers(message.headers),
    ...changes,
  };
};

/**
 * The event of a Kafka event source mapping (AWS Lambda, "Using Lambda with Amazon MSK"): records under
 * `<topic>-<partition>`, those without an offset counted up from the one before them in their partition.
 */
export const mskEvent = (drafts: readonly RecordDraft[]): MSKEvent => {
  const records: Record<string, MSKRecord[]> = {};
  for (const draft of drafts) {
    const partition = (records[`${draft.topic}-${draft.partition}`] ??= []);
    const offset = draft.offset ?? (partition.at(-1)?.offset ?? -1) + 1;
    // AWS leaves out or nulls what the type definition promises; consumers have to cope with both.
    partition.push({ ...draft, offset } as MSKRecord);
  }
  return {
    eventSource: 'aws:kafka',
    eventSourceArn:
      'arn:aws:kafka:us-east-1:123456789012:cluster/mesh/4c3f9a4e-7a55-4a2c-8b53-3a1f0d9c7e11-5',
    bootstrapServers: 'b-1.mesh.kafka.us-east-1.amazonaws.com:9098',
    records,
  };
};

/** An event on its way through a consumer, under its ordering key. */
export const deliveryOf = (aggregate: AggregateDefinition, event: EventEnvelope): Delivery => ({
  key: aggregate.orderingKey(event.aggregateId),
  event,
});
