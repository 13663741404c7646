import type { Batch } from './batch.ts';
import type { PartitionLane } from './partition-lane.ts';
import type { BatchSlice } from './take-batch.ts';

/** True when the slice's partition has started over since: its records are being read again. */
export function isStale(slice: BatchSlice): boolean {
  return slice.lane.epoch !== slice.epoch;
}

/** The batch without what is being read again; those partitions are given free. Undefined when nothing is left. */
export function withoutStale(batch: Batch): Batch | undefined {
  for (const { lane } of batch.slices.filter(isStale)) lane.release();
  const slices = batch.slices.filter((slice) => !isStale(slice));
  return slices.length === 0 ? undefined : { ...batch, slices };
}

/**
 * Only `left` remains of a batch: its partitions are done up to there, and those without any of it are free, or go on with
 * the later half they were split into.
 * @returns the batches that can be sent now
 */
export function advanceBatch(
  batch: Batch,
  left: readonly BatchSlice[],
  onProgress: (lane: PartitionLane) => void,
): Batch[] {
  const stillBusy = new Set(left.map(({ lane }) => lane));
  const following = batch.slices
    .filter(({ lane }) => !stillBusy.has(lane))
    .flatMap((slice) => finishSlice(slice, batch.next, onProgress));
  for (const slice of left) {
    if (isStale(slice) || slice.records[0] === undefined) continue;
    slice.lane.advanceTo(slice.records[0].offset);
    onProgress(slice.lane);
  }
  return following;
}

function finishSlice(
  slice: BatchSlice,
  next: Batch | undefined,
  onProgress: (lane: PartitionLane) => void,
): Batch[] {
  const { lane, records } = slice;
  const nextOffset = next?.slices[0]?.records[0]?.offset;
  const goesOn = next !== undefined && nextOffset !== undefined && !isStale(slice);
  if (goesOn) lane.advanceTo(nextOffset);
  else lane.release();
  // Read again since: what was just delivered need not be delivered from there.
  if (isStale(slice)) lane.skipTo((records.at(-1)?.offset ?? -1) + 1);
  if (lane.assigned) onProgress(lane);
  return goesOn ? [next] : [];
}
