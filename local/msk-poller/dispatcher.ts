import { setTimeout as delay } from 'node:timers/promises';
import { Backoffs } from './backoffs.ts';
import { countRecords, describeSlices, onlyFailed, sentOffsets, type Batch } from './batch.ts';
import { envelopeBytes, eventPayload, MAX_PAYLOAD_BYTES } from './event-payload.ts';
import { interpretResponse, type Verdict } from './interpret-response.ts';
import type { InvocationOutcome, InvokeFunction } from './invoke-function.ts';
import type { Log } from './log.ts';
import type { Mapping } from './mapping.ts';
import { PartitionLane } from './partition-lane.ts';
import type { EncodedRecord } from './record.ts';
import { countsAsAttempt, nextStep, type FailureCause } from './retry-policy.ts';
import { takeBatch, type BatchSlice } from './take-batch.ts';

/** "Each event poller supports up to 5 concurrent Lambda invocations": AWS page "Low latency processing for Kafka event sources". */
const MAX_CONCURRENT_INVOCATIONS = 5;

export interface DispatcherOptions {
  readonly mapping: Mapping;
  readonly bootstrapServers: string;
  readonly invoke: InvokeFunction;
  readonly log: Log;
  /** Called when a partition has come further: everything below `doneTo` may be committed. */
  readonly onProgress: (lane: PartitionLane) => void;
}

/** What a mapping has done since it started. */
export interface DispatchCounts {
  invocations: number;
  delivered: number;
  retries: number;
  discarded: number;
  oversize: number;
}

/**
 * Brings the records of one mapping to its function: batches them, keeps one batch in flight per partition, retries what
 * fails. It knows nothing of Kafka but partitions and offsets.
 */
export class Dispatcher {
  readonly counts: DispatchCounts = { invocations: 0, delivered: 0, retries: 0, discarded: 0, oversize: 0 };
  readonly #options: DispatcherOptions;
  readonly #lanes = new Map<number, PartitionLane>();
  readonly #limits: { topic: string; batchSize: number; recordBytes: number };
  readonly #backoffs = new Backoffs<Batch>();
  #dueRetries: Batch[] = [];
  #inFlight = 0;
  #windowTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    const { mapping, bootstrapServers } = options;
    this.#options = options;
    this.#limits = {
      topic: mapping.topic,
      batchSize: mapping.batchSize,
      recordBytes: MAX_PAYLOAD_BYTES - envelopeBytes(mapping, bootstrapServers),
    };
  }

  lane(partition: number): PartitionLane | undefined {
    return this.#lanes.get(partition);
  }

  /** Takes over what one fetch brought and delivers as far as batch size, window and concurrency let it. */
  accept(partition: number, records: readonly EncodedRecord[], fetchedTo: number): void {
    const lane = this.#lanes.get(partition) ?? new PartitionLane(partition);
    this.#lanes.set(partition, lane);
    if (!lane.assigned) return;
    lane.append(records, fetchedTo);
    // Filtered-out records ahead of everything undone are progress already.
    if (!lane.busy && lane.waiting === 0) this.#options.onProgress(lane);
    this.#pump();
  }

  /**
   * The consumer group has a new assignment. A partition kept by the same group member goes on as it is; one that left,
   * or that may have been read by another member meanwhile, starts over from the committed offset.
   */
  assign(partitions: readonly number[], sameMember: boolean): void {
    const assigned = new Set(partitions);
    for (const lane of this.#lanes.values()) {
      const kept = assigned.has(lane.partition) && lane.assigned && sameMember;
      lane.assigned = assigned.has(lane.partition);
      if (!kept) lane.startOver();
    }
    // Batches that wait for their retry would be read again: let go of them now, so that their partitions are free.
    for (const batch of this.#backoffs.takeWhere((waiting) => waiting.slices.some(isStale)))
      this.#schedule(batch, 0);
    this.#pump();
  }

  /** Starts nothing more and waits for running invocations, at most `graceMs`. True when all of them ended. */
  async stop(graceMs: number): Promise<boolean> {
    this.#stopped = true;
    clearTimeout(this.#windowTimer);
    this.#backoffs.clear();
    const deadline = Date.now() + graceMs;
    while (this.#inFlight > 0 && Date.now() < deadline) await delay(10);
    return this.#inFlight === 0;
  }

  #pump(): void {
    while (!this.#stopped && this.#inFlight < MAX_CONCURRENT_INVOCATIONS) {
      const batch = this.#dueRetries.shift() ?? this.#nextBatch();
      if (batch === undefined) return;
      this.#start(batch);
    }
  }

  #nextBatch(): Batch | undefined {
    const ready = [...this.#lanes.values()].filter((lane) => !lane.busy && lane.waiting > 0);
    if (ready.length === 0 || this.#mustWait(ready)) return undefined;
    return { slices: takeBatch(ready, this.#limits), failures: { total: 0, counted: 0 } };
  }

  /** Below the batch size and the payload limit, records wait for the batching window to end. */
  #mustWait(ready: readonly PartitionLane[]): boolean {
    const { windowMs, batchSize } = this.#options.mapping;
    clearTimeout(this.#windowTimer);
    if (windowMs === 0) return false;
    const records = ready.reduce((sum, lane) => sum + lane.waiting, 0);
    const bytes = ready.reduce((sum, lane) => sum + lane.waitingBytes, 0);
    if (records >= batchSize || bytes >= this.#limits.recordBytes) return false;
    const oldest = Math.min(...ready.map((lane) => lane.peek(0)?.arrivedAt ?? Infinity));
    const remainingMs = oldest + windowMs - Date.now();
    if (remainingMs <= 0) return false;
    this.#windowTimer = setTimeout(() => this.#pump(), remainingMs);
    return true;
  }

  #start(batch: Batch): void {
    const slices = this.#releaseStale(batch.slices);
    if (slices.length === 0) return;
    this.#inFlight += 1;
    const current = { ...batch, slices };
    void this.#deliver(current).then((outcome) => {
      this.#inFlight -= 1;
      this.#settle(current, outcome);
      this.#pump();
    });
  }

  async #deliver(batch: Batch): Promise<InvocationOutcome> {
    const { mapping, bootstrapServers, invoke } = this.#options;
    const partitions = batch.slices.map(({ lane, records }) => ({ partition: lane.partition, records }));
    const payload = eventPayload(mapping, bootstrapServers, partitions);
    const bytes = Buffer.byteLength(payload);
    if (bytes > MAX_PAYLOAD_BYTES) {
      if (batch.failures.total === 0) this.counts.oversize += 1;
      return {
        kind: 'failed',
        cause: 'too-large',
        error: `one record makes an event of ${bytes} bytes; Lambda takes ${MAX_PAYLOAD_BYTES}`,
      };
    }
    this.counts.invocations += 1;
    return invoke(mapping.functionName, payload);
  }

  #settle(batch: Batch, outcome: InvocationOutcome): void {
    if (outcome.kind === 'failed') {
      this.#fail(batch, outcome.cause, outcome.error);
      return;
    }
    const { mapping } = this.#options;
    const verdict: Verdict = mapping.reportBatchItemFailures
      ? interpretResponse(outcome.payload, sentOffsets(mapping.topic, batch))
      : { kind: 'success' };
    switch (verdict.kind) {
      case 'success':
        this.counts.delivered += countRecords(batch.slices);
        {
          this.#finish(batch.slices);
          return;
        }
      case 'failure': {
        this.#fail(batch, 'function', verdict.reason);
        return;
      }
      case 'partial': {
        const { delivered, remaining } = onlyFailed(mapping.topic, batch, verdict.failed);
        this.#finish(delivered);
        this.counts.delivered += countRecords(batch.slices) - countRecords(remaining);
        for (const { lane, epoch, records } of remaining) {
          if (lane.epoch !== epoch || records[0] === undefined) continue;
          lane.advanceTo(records[0].offset);
          this.#options.onProgress(lane);
        }
        this.#fail({ ...batch, slices: remaining }, 'function', 'batchItemFailures');
        return;
      }
    }
  }

  #fail(batch: Batch, cause: FailureCause, error: string): void {
    const slices = this.#releaseStale(batch.slices);
    if (slices.length === 0) return;
    const counted = batch.failures.counted + (countsAsAttempt(cause) ? 1 : 0);
    const failed: Batch = { slices, failures: { total: batch.failures.total + 1, counted } };
    const { mapping, log } = this.#options;
    const step = nextStep(failed.failures, mapping.maximumRetryAttempts, Math.random());
    const fields = {
      mapping: mapping.id,
      function: mapping.functionName,
      topic: mapping.topic,
      partitions: describeSlices(slices),
      cause,
      error,
      attempt: failed.failures.total,
    };
    if (step.kind === 'discard') {
      this.counts.discarded += countRecords(slices);
      log('error', 'batch discarded: MaximumRetryAttempts is used up', fields);
      this.#finish(slices);
      return;
    }
    this.counts.retries += 1;
    log(cause === 'too-large' ? 'error' : 'warn', 'batch failed, will be retried', {
      ...fields,
      retryInMs: step.delayMs,
    });
    this.#schedule(failed, step.delayMs);
  }

  #schedule(batch: Batch, delayMs: number): void {
    this.#backoffs.wait(batch, delayMs, () => {
      this.#dueRetries.push(batch);
      this.#pump();
    });
  }

  #finish(slices: readonly BatchSlice[]): void {
    for (const { lane, epoch, records } of slices) {
      lane.release();
      // Read again since: what was just delivered need not be delivered from there.
      if (lane.epoch !== epoch) lane.skipTo((records.at(-1)?.offset ?? -1) + 1);
      if (lane.assigned) this.#options.onProgress(lane);
    }
  }

  /** Slices whose partition has started over are being read again: only their lane is given free. */
  #releaseStale(slices: readonly BatchSlice[]): BatchSlice[] {
    return slices.filter((slice) => {
      if (!isStale(slice)) return true;
      slice.lane.release();
      return false;
    });
  }
}

function isStale(slice: BatchSlice): boolean {
  return slice.lane.epoch !== slice.epoch;
}
