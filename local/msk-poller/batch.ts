import type { SentOffsets } from './interpret-response.ts';
import type { FailureCount } from './retry-policy.ts';
import type { BatchSlice } from './take-batch.ts';

/** What one invocation carries, and how often that has failed. */
export interface Batch {
  readonly slices: readonly BatchSlice[];
  readonly failures: FailureCount;
}

export function sentOffsets(topic: string, batch: Batch): SentOffsets {
  return new Map(
    batch.slices.map(({ lane, records }) => [
      `${topic}-${lane.partition}`,
      new Set(records.map((record) => record.offset)),
    ]),
  );
}

/** Parts a batch into the partitions without failures and, for the others, the records to send again, in order. */
export function onlyFailed(
  topic: string,
  batch: Batch,
  failed: SentOffsets,
): { delivered: BatchSlice[]; remaining: BatchSlice[] } {
  const delivered: BatchSlice[] = [];
  const remaining: BatchSlice[] = [];
  for (const slice of batch.slices) {
    const offsets = failed.get(`${topic}-${slice.lane.partition}`);
    if (offsets === undefined) delivered.push(slice);
    else remaining.push({ ...slice, records: slice.records.filter((record) => offsets.has(record.offset)) });
  }
  return { delivered, remaining };
}

export function countRecords(slices: readonly BatchSlice[]): number {
  return slices.reduce((sum, slice) => sum + slice.records.length, 0);
}

/** What a log line says of a batch: which partitions, from which offset to which. */
export function describeSlices(slices: readonly BatchSlice[]): Record<string, unknown>[] {
  return slices.map(({ lane, records }) => ({
    partition: lane.partition,
    offsets: [records[0]?.offset, records.at(-1)?.offset],
    records: records.length,
  }));
}
