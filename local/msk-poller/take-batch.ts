import { partitionBytes } from './event-payload.ts';
import type { PartitionLane } from './partition-lane.ts';
import type { EncodedRecord } from './record.ts';

export interface BatchLimits {
  readonly topic: string;
  readonly batchSize: number;
  /** Bytes left for records in one event, after its envelope. */
  readonly recordBytes: number;
}

/** One partition's part of a batch. */
export interface BatchSlice {
  readonly lane: PartitionLane;
  readonly epoch: number;
  readonly records: readonly EncodedRecord[];
}

/**
 * Takes the next batch from the lanes that are free: the longest-waiting record's lane first, further partitions while
 * there is room, as an AWS batch may hold several partitions. No partition is taken twice, so that each has one batch
 * in flight. AWS page: "How Lambda processes records from stream and queue-based event sources" (batching behavior).
 *
 * A record that exceeds the payload on its own is returned alone; the caller must not send it.
 */
export function takeBatch(lanes: readonly PartitionLane[], limits: BatchLimits): BatchSlice[] {
  const ready = lanes.filter((lane) => !lane.busy && lane.waiting > 0).sort(byOldestRecord);
  const slices: BatchSlice[] = [];
  let roomLeft = limits.batchSize;
  let bytesLeft = limits.recordBytes;
  for (const lane of ready) {
    bytesLeft -= partitionBytes(limits.topic, lane.partition);
    const fitting = countFitting(lane, roomLeft, bytesLeft);
    // The very first record goes alone when it cannot fit, so that its lane cannot stall in silence.
    const count = fitting === 0 && slices.length === 0 ? 1 : fitting;
    if (count === 0) break;
    const records = lane.take(count);
    slices.push({ lane, epoch: lane.epoch, records });
    roomLeft -= count;
    for (const record of records) bytesLeft -= record.bytes + 1;
    if (roomLeft === 0 || bytesLeft <= 0) break;
  }
  return slices;
}

function byOldestRecord(a: PartitionLane, b: PartitionLane): number {
  return (a.peek(0)?.arrivedAt ?? 0) - (b.peek(0)?.arrivedAt ?? 0);
}

function countFitting(lane: PartitionLane, maxRecords: number, maxBytes: number): number {
  let bytes = 0;
  for (let count = 0; count < maxRecords; count += 1) {
    const record = lane.peek(count);
    if (record === undefined) return count;
    bytes += record.bytes + 1;
    if (bytes > maxBytes) return count;
  }
  return maxRecords;
}
