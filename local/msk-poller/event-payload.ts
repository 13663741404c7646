import type { Mapping } from './mapping.ts';
import type { EncodedRecord } from './record.ts';

/** Lambda's quota for a synchronous request: 6 MB. AWS page: "Lambda quotas". */
export const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** The records of one partition in a batch, in offset order. */
export interface PartitionRecords {
  readonly partition: number;
  readonly records: readonly EncodedRecord[];
}

type EventSource = Pick<Mapping, 'eventSource' | 'eventSourceArn' | 'topic'>;

/** The JSON of the event a function is invoked with; `records` is keyed `<topic>-<partition>`. */
export function eventPayload(
  source: EventSource,
  bootstrapServers: string,
  partitions: readonly PartitionRecords[],
): string {
  const records = partitions.map(
    ({ partition, records }) =>
      `${partitionKey(source.topic, partition)}:[${records.map((record) => record.json).join(',')}]`,
  );
  return `${envelope(source, bootstrapServers)}${records.join(',')}}}`;
}

/** Bytes of an event without any record: what is left of the 6 MB is for records. */
export function envelopeBytes(source: EventSource, bootstrapServers: string): number {
  return Buffer.byteLength(`${envelope(source, bootstrapServers)}}}`);
}

/** Bytes a partition adds to an event beside its records: its key, brackets and comma. */
export function partitionBytes(topic: string, partition: number): number {
  return Buffer.byteLength(`${partitionKey(topic, partition)}:[],`);
}

function envelope(source: EventSource, bootstrapServers: string): string {
  // JSON.stringify leaves out an undefined eventSourceArn, as self-managed Kafka events do.
  const head = JSON.stringify({
    eventSource: source.eventSource,
    eventSourceArn: source.eventSourceArn,
    bootstrapServers,
  });
  return `${head.slice(0, -1)},"records":{`;
}

function partitionKey(topic: string, partition: number): string {
  return JSON.stringify(`${topic}-${partition}`);
}
