import type { PartitionLane } from './partition-lane.ts';

export interface WindowLimits {
  /** 0 means that records never wait. */
  readonly windowMs: number;
  readonly batchSize: number;
  /** Bytes that one event has for records. */
  readonly recordBytes: number;
}

/**
 * How long the next batch still waits to become fuller; 0 when the window has ended, the batch size is met or the payload
 * limit is reached. The window begins when its first record arrives. AWS page: "How Lambda processes records from stream
 * and queue-based event sources" (batching behavior).
 */
export function remainingWindowMs(
  ready: readonly PartitionLane[],
  limits: WindowLimits,
  now: number,
): number {
  if (limits.windowMs === 0) return 0;
  const records = ready.reduce((sum, lane) => sum + lane.waiting, 0);
  const bytes = ready.reduce((sum, lane) => sum + lane.waitingBytes, 0);
  if (records >= limits.batchSize || bytes >= limits.recordBytes) return 0;
  const oldest = Math.min(...ready.map((lane) => lane.peek(0)?.arrivedAt ?? Infinity));
  return Math.max(0, oldest + limits.windowMs - now);
}
