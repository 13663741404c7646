import type { IHeaders } from 'kafkajs';

/** What of a Kafka message goes into the Lambda event; kafkajs messages have this shape. */
export interface KafkaRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Milliseconds since the epoch, in decimal. */
  readonly timestamp: string;
  readonly offset: string;
  readonly headers?: IHeaders | undefined;
}

/** A record ready to be put into an event: its JSON is made once, however often it is delivered. */
export interface EncodedRecord {
  readonly offset: number;
  /** Milliseconds since the epoch; negative when the record has none. */
  readonly timestamp: number;
  readonly json: string;
  /** The size of `json` in UTF-8. */
  readonly bytes: number;
  /** When the poller read it, for the batching window. */
  readonly arrivedAt: number;
}

export type TimestampType = 'CREATE_TIME' | 'LOG_APPEND_TIME';

/** kafkajs keeps the type in the record batch's header, which its typings leave out. */
export function timestampTypeOf(message: object): TimestampType {
  const context = 'batchContext' in message ? message.batchContext : undefined;
  const type =
    typeof context === 'object' && context !== null && 'timestampType' in context ? context.timestampType : 0;
  return type === 1 ? 'LOG_APPEND_TIME' : 'CREATE_TIME';
}

/**
 * Encodes a record as Lambda's Kafka event has it: key and value in base64 (a null key is left out, a null value is
 * null), header values as lists of signed bytes. AWS page: "Using Lambda with Amazon MSK" (example event).
 */
export function encodeRecord(
  topic: string,
  partition: number,
  record: KafkaRecord,
  timestampType: TimestampType,
  arrivedAt: number,
): EncodedRecord {
  const offset = Number(record.offset);
  const timestamp = Number(record.timestamp);
  const json = JSON.stringify({
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    ...(record.key === null ? {} : { key: record.key.toString('base64') }),
    value: record.value === null ? null : record.value.toString('base64'),
    headers: encodeHeaders(record.headers ?? {}),
  });
  return { offset, timestamp, json, bytes: Buffer.byteLength(json), arrivedAt };
}

function encodeHeaders(headers: IHeaders): Record<string, number[]>[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((single) => ({ [name]: signedBytes(single) })),
  );
}

/** Java's bytes are signed, and Lambda's poller shows it: 0xff arrives as -1. */
function signedBytes(value: Buffer | string | null | undefined): number[] {
  if (value === null || value === undefined) return [];
  return Array.from(Int8Array.from(typeof value === 'string' ? Buffer.from(value) : value));
}
