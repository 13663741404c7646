import { createHash } from 'node:crypto';
import { eventPayload, type PartitionRecords } from './event-payload.ts';
import type { FunctionReply } from './invoke-function.ts';
import { isObject } from './json-object.ts';
import type { Mapping } from './mapping.ts';
import type { EncodedRecord } from './record.ts';
import type { DiscardCondition } from './retry-policy.ts';

/** A batch that was given up, and what is known of its end. */
export interface DiscardedBatch {
  readonly mapping: Mapping;
  readonly bootstrapServers: string;
  readonly partitions: readonly PartitionRecords[];
  readonly condition: DiscardCondition;
  readonly invokeCount: number;
  /** The function's last answer; undefined when it was never called with these records. */
  readonly reply: FunctionReply | undefined;
  /** The id of the last invocation, or one made up when there was none. */
  readonly requestId: string;
  readonly at: Date;
}

/**
 * What SQS and SNS destinations get: metadata alone.
 * AWS page: "Capturing discarded batches for Amazon MSK and self-managed Apache Kafka event sources".
 */
export function invocationRecord(batch: DiscardedBatch): Readonly<Record<string, unknown>> {
  const { mapping, partitions } = batch;
  return {
    ...contexts(batch, mapping.functionArn, batch.condition),
    KafkaBatchInfo: {
      batchSize: partitions.reduce((sum, { records }) => sum + records.length, 0),
      ...source(batch),
      payloadSize: Buffer.byteLength(payloadOf(batch)),
      recordsInfo: Object.fromEntries(
        partitions.map(({ partition, records }) => [`${mapping.topic}-${partition}`, span(records)]),
      ),
    },
  };
}

/** What S3 destinations get: the metadata, and the whole event as a JSON string in `payload`. */
export function invocationRecordWithPayload(batch: DiscardedBatch): Readonly<Record<string, unknown>> {
  return { ...invocationRecord(batch), payload: payloadOf(batch) };
}

/**
 * The name of the S3 object. The Kafka page gives none; those on Kinesis and DynamoDB have
 * `aws/lambda/<ESM-UUID>/<shardID>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`. The batch's first partition stands for the
 * shard, and a UUID derived from its logical id for the mapping's.
 */
export function invocationRecordKey({ mapping, partitions, at }: DiscardedBatch, random: string): string {
  const time = at.toISOString().slice(0, 19);
  const shard = `${mapping.topic}-${partitions[0]?.partition ?? 0}`;
  const day = time.slice(0, 10).replaceAll('-', '/');
  return `aws/lambda/${derivedUuid(mapping.id)}/${shard}/${day}/${time.replaceAll(':', '.')}-${random}`;
}

/**
 * What a Kafka destination gets: a message for each record, with its key, its metadata and an event of that record alone.
 * AWS page: "Using a Kafka topic as an on-failure destination", whose names for function and condition differ a little.
 */
export function failedRecordMessages(batch: DiscardedBatch): { key: Buffer | null; value: string }[] {
  const condition = batch.condition === 'RetryAttemptsExhausted' ? 'RetriesExhausted' : batch.condition;
  const head = contexts(batch, `${batch.mapping.functionArn}:$LATEST`, condition);
  return batch.partitions.flatMap(({ partition, records }) =>
    records.map((record) => {
      const payload = payloadOf({ ...batch, partitions: [{ partition, records: [record] }] });
      const value = JSON.stringify({
        ...head,
        KafkaBatchInfo: {
          batchSize: 1,
          ...source(batch),
          payloadSize: Buffer.byteLength(payload),
          recordInfo: { offset: String(record.offset), timestamp: isoTime(record.timestamp) },
        },
      });
      // The payload is JSON already; parsing it to write it again would cost more than joining the two.
      return { key: keyOf(record), value: `${value.slice(0, -1)},"payload":${payload}}` };
    }),
  );
}

function contexts(batch: DiscardedBatch, functionArn: string, condition: string): Record<string, unknown> {
  const { reply, requestId, invokeCount, at } = batch;
  return {
    requestContext: { requestId, functionArn, condition, approximateInvokeCount: invokeCount },
    responseContext:
      reply === undefined
        ? null
        : {
            statusCode: reply.statusCode,
            executedVersion: reply.executedVersion,
            // Left out when the function answered without an error and reported its failures.
            functionError: reply.functionError,
          },
    version: '1.0',
    timestamp: at.toISOString(),
  };
}

function source({ mapping, bootstrapServers }: DiscardedBatch): Record<string, unknown> {
  return { eventSourceArn: mapping.eventSourceArn, bootstrapServers };
}

function payloadOf({ mapping, bootstrapServers, partitions }: DiscardedBatch): string {
  return eventPayload(mapping, bootstrapServers, partitions);
}

function span(records: readonly EncodedRecord[]): Record<string, unknown> {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return {};
  return {
    firstRecordOffset: String(first.offset),
    lastRecordOffset: String(last.offset),
    firstRecordTimestamp: isoTime(first.timestamp),
    lastRecordTimestamp: isoTime(last.timestamp),
  };
}

function isoTime(timestamp: number): string {
  return new Date(timestamp).toISOString();
}

function keyOf(record: EncodedRecord): Buffer | null {
  const parsed: unknown = JSON.parse(record.json);
  const key = isObject(parsed) ? parsed['key'] : undefined;
  return typeof key === 'string' ? Buffer.from(key, 'base64') : null;
}

/** A UUID that stays the same from start to start, as a mapping's does. */
function derivedUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
