import { setTimeout as delay } from 'node:timers/promises';
import { Backoffs } from './backoffs.ts';
import { advanceBatch, isStale, withoutStale } from './batch-progress.ts';
import {
  countRecords,
  describeBatch,
  freshBatch,
  onlyFailed,
  partByAge,
  sentOffsets,
  splitBatch,
  type Batch,
} from './batch.ts';
import { remainingWindowMs } from './batching-window.ts';
import { deliverBatch } from './deliver-batch.ts';
import { Discarder, type Discard, type SendDiscarded } from './discarder.ts';
import { envelopeBytes, MAX_PAYLOAD_BYTES } from './event-payload.ts';
import { interpretResponse, type Verdict } from './interpret-response.ts';
import type { FunctionReply, InvocationOutcome, InvokeFunction } from './invoke-function.ts';
import type { Log } from './log.ts';
import type { Mapping } from './mapping.ts';
import { PartitionLane } from './partition-lane.ts';
import { PollerScale } from './poller-scale.ts';
import type { EncodedRecord } from './record.ts';
import { countsAsAttempt, nextStep, type FailureCause } from './retry-policy.ts';
import { takeBatch, type BatchSlice } from './take-batch.ts';

export interface DispatcherOptions {
  readonly mapping: Mapping;
  readonly bootstrapServers: string;
  readonly invoke: InvokeFunction;
  readonly sendDiscarded: SendDiscarded;
  readonly log: Log;
  /** How many invocations an event poller may have under way; five unless told. */
  readonly invocationsPerPoller?: number | undefined;
  /** Called when a partition has come further: everything below `doneTo` may be committed. */
  readonly onProgress: (lane: PartitionLane) => void;
}

/** What a mapping has done since it started. */
export interface DispatchCounts {
  invocations: number;
  delivered: number;
  retries: number;
  splits: number;
  discarded: number;
  oversize: number;
}

interface Failure {
  readonly cause: FailureCause;
  readonly error: string;
  readonly reply: FunctionReply | undefined;
}

/**
 * Brings the records of one mapping to its function: batches them, keeps one batch in flight per partition, retries, splits
 * or gives up what fails. It knows nothing of Kafka but partitions and offsets.
 */
export class Dispatcher {
  readonly counts: DispatchCounts = {
    invocations: 0,
    delivered: 0,
    retries: 0,
    splits: 0,
    discarded: 0,
    oversize: 0,
  };
  readonly scale: PollerScale;
  readonly #options: DispatcherOptions;
  readonly #lanes = new Map<number, PartitionLane>();
  readonly #limits: { topic: string; batchSize: number; windowMs: number; recordBytes: number };
  readonly #backoffs = new Backoffs<Batch>();
  readonly #discarder: Discarder;
  readonly #scaling: NodeJS.Timeout;
  #due: Batch[] = [];
  #inFlight = 0;
  #windowTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: DispatcherOptions) {
    const { mapping, bootstrapServers } = options;
    this.#options = options;
    this.#limits = {
      topic: mapping.topic,
      batchSize: mapping.batchSize,
      windowMs: mapping.windowMs,
      recordBytes: MAX_PAYLOAD_BYTES - envelopeBytes(mapping, bootstrapServers),
    };
    this.#discarder = new Discarder(options);
    this.scale = new PollerScale(mapping.provisioned, options.invocationsPerPoller);
    this.#scaling = setInterval(() => this.#rescale(), this.scale.intervalMs).unref();
  }

  lane(partition: number): PartitionLane | undefined {
    return this.#lanes.get(partition);
  }

  /**
   * Takes over what one fetch brought and delivers as far as batch size, window and concurrency let it.
   * @param endOffset the offset after the partition's last record, as far as the fetch knew
   */
  accept(
    partition: number,
    records: readonly EncodedRecord[],
    fetchedTo: number,
    endOffset = fetchedTo,
  ): void {
    const lane = this.#lanes.get(partition) ?? new PartitionLane(partition);
    this.#lanes.set(partition, lane);
    if (!lane.assigned) return;
    lane.append(records, fetchedTo, endOffset);
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
    clearInterval(this.#scaling);
    this.#backoffs.clear();
    this.#discarder.stop();
    const running = (): boolean => this.#inFlight + this.#discarder.sending > 0;
    const deadline = Date.now() + graceMs;
    while (running() && Date.now() < deadline) await delay(10);
    return !running();
  }

  #pump(): void {
    while (!this.#stopped && this.#inFlight < this.scale.slots) {
      const batch = this.#due.shift() ?? this.#nextBatch();
      if (batch === undefined) return;
      this.#start(batch);
    }
  }

  #nextBatch(): Batch | undefined {
    const ready = [...this.#lanes.values()].filter((lane) => !lane.busy && lane.waiting > 0);
    clearTimeout(this.#windowTimer);
    if (ready.length === 0) return undefined;
    const remainingMs = remainingWindowMs(ready, this.#limits, Date.now());
    if (remainingMs === 0) return freshBatch(takeBatch(ready, this.#limits));
    this.#windowTimer = setTimeout(() => this.#pump(), remainingMs);
    return undefined;
  }

  #rescale(): void {
    const lanes = [...this.#lanes.values()].filter((lane) => lane.assigned);
    const lagging = lanes.filter((lane) => lane.lag > this.#limits.batchSize).length;
    this.scale.evaluate(lagging, lanes.length);
    this.#pump();
  }

  #start(waiting: Batch): void {
    const batch = withoutStale(waiting);
    if (batch === undefined) return;
    const { aged, fresh } = partByAge(batch.slices, this.#options.mapping.maximumRecordAgeMs, Date.now());
    if (aged.length > 0) {
      const what = {
        batch: { ...batch, slices: aged },
        condition: 'RecordAgeExceeded',
        reply: undefined,
      } as const;
      this.#giveUp(what, batch, fresh);
      return;
    }
    this.#inFlight += 1;
    void deliverBatch(this.#options, batch).then((delivery) => {
      this.#inFlight -= 1;
      if (delivery.invoked) this.counts.invocations += 1;
      else if (batch.failures.total === 0) this.counts.oversize += 1;
      this.#settle(batch, delivery.outcome);
      this.#pump();
    });
  }

  #settle(batch: Batch, outcome: InvocationOutcome): void {
    if (outcome.kind === 'failed') {
      this.#fail(batch, outcome);
      return;
    }
    const { reply, payload } = outcome;
    const { mapping } = this.#options;
    const verdict: Verdict = mapping.reportBatchItemFailures
      ? interpretResponse(payload, sentOffsets(mapping.topic, batch))
      : { kind: 'success' };
    if (verdict.kind === 'failure') {
      this.#fail(batch, { cause: 'function', error: verdict.reason, reply });
      return;
    }
    const failed = verdict.kind === 'partial' ? onlyFailed(mapping.topic, batch, verdict.failed) : [];
    this.counts.delivered += countRecords(batch.slices) - countRecords(failed);
    this.#advance(batch, failed);
    if (failed.length > 0)
      this.#fail({ ...batch, slices: failed }, { cause: 'reported', error: 'batchItemFailures', reply });
  }

  #fail(waiting: Batch, { cause, error, reply }: Failure): void {
    const batch = withoutStale(waiting);
    if (batch === undefined) return;
    if (cause === 'throttled') this.scale.throttled();
    const { mapping, log } = this.#options;
    const failures = {
      total: batch.failures.total + 1,
      counted: batch.failures.counted + (countsAsAttempt(cause) ? 1 : 0),
    };
    const failed: Batch = { ...batch, failures };
    const { maximumRetryAttempts, bisectBatchOnFunctionError } = mapping;
    const step = nextStep(
      { cause, failures, records: countRecords(batch.slices) },
      { maximumRetryAttempts, bisectBatchOnFunctionError, hasDestination: mapping.onFailure !== undefined },
      Math.random(),
    );
    if (step.kind === 'discard') {
      this.#giveUp({ batch: failed, condition: step.condition, reply }, failed, []);
      return;
    }
    const level = cause === 'too-large' ? 'error' : 'warn';
    log(level, step.kind === 'split' ? 'batch failed, will be split' : 'batch failed, will be retried', {
      ...describeBatch(mapping, failed),
      cause,
      error,
      retryInMs: step.delayMs,
    });
    this.counts[step.kind === 'split' ? 'splits' : 'retries'] += 1;
    for (const part of step.kind === 'split' ? splitBatch(failed) : [failed])
      this.#schedule(part, step.delayMs);
  }

  #schedule(batch: Batch, delayMs: number): void {
    this.#backoffs.wait(batch, delayMs, () => {
      this.#due.push(batch);
      this.#pump();
    });
  }

  /** Gives up some records of a batch and goes on with the others. */
  #giveUp(what: Discard, batch: Batch, others: readonly BatchSlice[]): void {
    this.#discarder.discard(what, () => {
      this.counts.discarded += countRecords(what.batch.slices);
      this.#advance(batch, others);
      if (others.length > 0) this.#due.push({ ...batch, slices: others });
      this.#pump();
    });
  }

  /** Only `left` remains of the batch. */
  #advance(batch: Batch, left: readonly BatchSlice[]): void {
    this.#due.push(...advanceBatch(batch, left, this.#options.onProgress));
  }
}
