import type { SentOffsets } from './interpret-response.ts';
import type { Mapping } from './mapping.ts';
import type { FailureCount } from './retry-policy.ts';
import type { BatchSlice } from './take-batch.ts';

/** What one invocation carries, and how often that has failed. */
export interface Batch {
  readonly slices: readonly BatchSlice[];
  readonly failures: FailureCount;
  /** The later half of a split partition: it is sent when this batch, of the same partition, is done. */
  readonly next?: Batch | undefined;
}

/** A batch that has not failed. */
export function freshBatch(slices: readonly BatchSlice[], next?: Batch): Batch {
  return { slices, failures: { total: 0, counted: 0 }, ...(next === undefined ? {} : { next }) };
}

/**
 * Splits a batch in two: between partitions when it holds several, so that the halves go their own ways; else between
 * records, the later half waiting for the earlier one, so that the partition stays in order.
 */
export function splitBatch(batch: Batch): Batch[] {
  const [first, ...others] = batch.slices;
  if (first === undefined) return [];
  if (others.length > 0) {
    const half = Math.ceil(batch.slices.length / 2);
    return [freshBatch(batch.slices.slice(0, half)), freshBatch(batch.slices.slice(half))];
  }
  const half = Math.ceil(first.records.length / 2);
  const later = freshBatch([{ ...first, records: first.records.slice(half) }], batch.next);
  return [freshBatch([{ ...first, records: first.records.slice(0, half) }], later)];
}

export function sentOffsets(topic: string, batch: Batch): SentOffsets {
  return new Map(
    batch.slices.map(({ lane, records }) => [
      `${topic}-${lane.partition}`,
      new Set(records.map((record) => record.offset)),
    ]),
  );
}

/** The records to send again, in order, without the partitions that have none. */
export function onlyFailed(topic: string, batch: Batch, failed: SentOffsets): BatchSlice[] {
  return keepRecords(batch.slices, ({ lane }, { offset }) =>
    Boolean(failed.get(`${topic}-${lane.partition}`)?.has(offset)),
  );
}

/** Parts a batch into what has become too old to be sent and what has not. Records without a timestamp have no age. */
export function partByAge(
  slices: readonly BatchSlice[],
  maximumAgeMs: number,
  now: number,
): { aged: BatchSlice[]; fresh: BatchSlice[] } {
  const isAged = (timestamp: number): boolean => timestamp >= 0 && now - timestamp > maximumAgeMs;
  return {
    aged: keepRecords(slices, (_slice, { timestamp }) => isAged(timestamp)),
    fresh: keepRecords(slices, (_slice, { timestamp }) => !isAged(timestamp)),
  };
}

function keepRecords(
  slices: readonly BatchSlice[],
  wanted: (slice: BatchSlice, record: BatchSlice['records'][number]) => boolean,
): BatchSlice[] {
  return slices
    .map((slice) => ({ ...slice, records: slice.records.filter((record) => wanted(slice, record)) }))
    .filter(({ records }) => records.length > 0);
}

export function countRecords(slices: readonly BatchSlice[]): number {
  return slices.reduce((sum, slice) => sum + slice.records.length, 0);
}

/** What a log line says of a batch: whose it is, which partitions, from which offset to which, failed how often. */
export function describeBatch(mapping: Mapping, batch: Batch): Readonly<Record<string, unknown>> {
  return {
    mapping: mapping.id,
    function: mapping.functionName,
    topic: mapping.topic,
    partitions: batch.slices.map(({ lane, records }) => ({
      partition: lane.partition,
      offsets: [records[0]?.offset, records.at(-1)?.offset],
      records: records.length,
    })),
    attempt: batch.failures.total,
  };
}
