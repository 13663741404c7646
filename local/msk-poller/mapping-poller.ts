import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, Kafka } from 'kafkajs';
import { checkDestinationTopic } from './check-destination-topic.ts';
import { consumerFailure, createConsumer } from './create-consumer.ts';
import type { SendDiscarded } from './discarder.ts';
import { Dispatcher } from './dispatcher.ts';
import type { InvokeFunction } from './invoke-function.ts';
import type { Log } from './log.ts';
import type { Mapping } from './mapping.ts';
import { OffsetCommitter } from './offset-committer.ts';
import type { PartitionLane } from './partition-lane.ts';
import { encodeRecord, timestampTypeOf } from './record.ts';
import { startingOffsets } from './starting-offsets.ts';
import { withTimeout } from './with-timeout.ts';

const FIRST_RESTART_DELAY_MS = 200;
const LONGEST_RESTART_DELAY_MS = 2_000;
/** A consumer that lived this long had recovered: the next one is not held back. */
const HEALTHY_AFTER_MS = 20_000;
const DISCONNECT_TIMEOUT_MS = 5_000;

/** A lane that holds this much, and two batches, stops reading; below half of it, it reads on. */
const ENOUGH_BYTES = 2 * 1024 * 1024;
/** The most that waits for a batch of many records: somewhat more than one payload. */
const MOST_BYTES = 8 * 1024 * 1024;

export type PollerState = 'starting' | 'polling' | 'recovering' | 'stopped';

export interface MappingPollerOptions {
  readonly kafka: Kafka;
  readonly mapping: Mapping;
  readonly bootstrapServers: string;
  readonly invoke: InvokeFunction;
  readonly sendDiscarded: SendDiscarded;
  readonly log: Log;
  readonly invocationsPerPoller?: number | undefined;
  readonly onStateChange: () => void;
}

/**
 * Polls the topic of one mapping and keeps polling whatever happens to the broker: a consumer that fails or goes silent is
 * replaced by a new one, which goes on from the committed offsets.
 */
export class MappingPoller {
  readonly mapping: Mapping;
  readonly dispatcher: Dispatcher;
  state: PollerState = 'starting';
  partitions: readonly number[] = [];
  lastError: string | undefined;
  readonly #options: MappingPollerOptions;
  readonly #log: Log;
  readonly #committer: OffsetCommitter;
  readonly #paused = new Set<number>();
  readonly #stopping = new AbortController();
  /** The consumer, while it is a member of its group; kafkajs throws when it is spoken to otherwise. */
  #member: { readonly consumer: Consumer; readonly id: string } | undefined;
  #startAt: ReadonlyMap<number, string> = new Map();
  #sessions: Promise<void> = Promise.resolve();

  constructor(options: MappingPollerOptions) {
    const { mapping, bootstrapServers, invoke, sendDiscarded, log } = options;
    this.#options = options;
    this.mapping = mapping;
    this.#log = (level, message, fields) => log(level, message, { mapping: mapping.id, ...fields });
    this.#committer = new OffsetCommitter((offsets) => this.#commit(offsets), this.#log);
    const onProgress = (lane: PartitionLane): void => this.#onProgress(lane);
    this.dispatcher = new Dispatcher({
      mapping,
      bootstrapServers,
      invoke,
      sendDiscarded,
      log,
      invocationsPerPoller: options.invocationsPerPoller,
      onProgress,
    });
  }

  start(): void {
    this.#sessions = this.#runSessions();
  }

  /** Lets running invocations end, at most `graceMs`, commits what they did and leaves the group. */
  async stop(graceMs: number): Promise<void> {
    const drained = await this.dispatcher.stop(graceMs);
    if (!drained)
      this.#log('warn', 'stopped while an invocation was running: its batch will be delivered again');
    await withTimeout(this.#committer.flush(), DISCONNECT_TIMEOUT_MS, 'committing').catch((error: unknown) =>
      this.#log('warn', 'last offsets not committed: their records will be delivered again', {
        error: String(error),
      }),
    );
    this.#committer.clear();
    this.#stopping.abort();
    await this.#sessions;
    this.#setState('stopped');
  }

  async #runSessions(): Promise<void> {
    const { signal } = this.#stopping;
    let restartInMs = FIRST_RESTART_DELAY_MS;
    while (!signal.aborted) {
      const startedAt = Date.now();
      try {
        await this.#session();
      } catch (error) {
        this.lastError = error instanceof Error ? error.message : String(error);
        if (Date.now() - startedAt > HEALTHY_AFTER_MS) restartInMs = FIRST_RESTART_DELAY_MS;
        this.#log('warn', 'consumer failed, a new one will take over', {
          error: this.lastError,
          restartInMs,
        });
        this.#setState('recovering');
        await delay(restartInMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
        restartInMs = Math.min(restartInMs * 2, LONGEST_RESTART_DELAY_MS);
      }
    }
  }

  /** One consumer's life. Returns when the poller is stopping, throws what ended it otherwise. */
  async #session(): Promise<void> {
    const consumer = createConsumer(this.#options.kafka, this.mapping.groupId);
    const ended = new AbortController();
    consumer.on(consumer.events.GROUP_JOIN, (event) => {
      if (!ended.signal.aborted) this.#onJoin(consumer, event);
    });
    consumer.on(consumer.events.STOP, () => this.#forgetMember(consumer));
    const stopping = aborted(this.#stopping.signal);
    const failure = consumerFailure(consumer, ended.signal);
    try {
      await Promise.race([this.#run(consumer), failure, stopping]);
      await Promise.race([failure, stopping]);
    } finally {
      ended.abort();
      await withTimeout(consumer.disconnect(), DISCONNECT_TIMEOUT_MS, 'disconnecting').catch(
        (error: unknown) => this.#log('warn', 'consumer left behind', { error: String(error) }),
      );
      this.#forgetMember(consumer);
    }
  }

  async #run(consumer: Consumer): Promise<void> {
    await consumer.connect();
    await checkDestinationTopic(this.#options.kafka, this.mapping);
    this.#startAt = await startingOffsets(this.#options.kafka, this.mapping);
    // Partitions without a committed offset begin at their first record, unless #onJoin seeks elsewhere.
    await consumer.subscribe({ topic: this.mapping.topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: (payload) => this.#onBatch(consumer, payload) });
    // Not before the group is joined can the starting position be made to last over a restart.
    for (const [partition, offset] of this.#startAt) {
      this.#committer.mark(partition, this.dispatcher.lane(partition)?.doneTo ?? Number(offset));
    }
    await this.#committer.flush();
    this.#startAt = new Map();
  }

  /** Runs inside kafkajs's join, before the first fetch of the new generation: the moment to say where to read from. */
  #onJoin(consumer: Consumer, { payload }: ConsumerGroupJoinEvent): void {
    const { topic } = this.mapping;
    const assigned = payload.memberAssignment[topic] ?? [];
    // With the same member id no generation was missed, so a partition that is still here was never elsewhere.
    const sameMember = this.#member?.consumer === consumer && this.#member.id === payload.memberId;
    const before = new Set(sameMember ? this.partitions : []);
    if (!sameMember) this.#committer.clear();
    this.dispatcher.assign(assigned, sameMember);
    this.#member = { consumer, id: payload.memberId };
    this.partitions = assigned;
    for (const partition of assigned) {
      const fetchedTo = this.dispatcher.lane(partition)?.fetchedTo;
      if (!before.has(partition)) this.#resume(partition);
      // kafkajs goes back to the committed offset at every rebalance; a partition that stayed has been read further.
      const offset = fetchedTo === undefined ? this.#startAt.get(partition) : String(fetchedTo);
      if (offset !== undefined) consumer.seek({ topic, partition, offset });
    }
    this.lastError = undefined;
    this.#setState('polling');
  }

  #forgetMember(consumer: Consumer): void {
    if (this.#member?.consumer === consumer) this.#member = undefined;
  }

  /** Hands records over and returns at once: fetching and heartbeats go on while functions run. */
  #onBatch(consumer: Consumer, { batch }: EachBatchPayload): Promise<void> {
    if (this.#member?.consumer === consumer) {
      const { topic, filter } = this.mapping;
      const { partition } = batch;
      const arrivedAt = Date.now();
      const records = batch.messages
        .filter((message) => filter?.(message.value) ?? true)
        .map((message) => encodeRecord(topic, partition, message, timestampTypeOf(message), arrivedAt));
      const next = Number(batch.lastOffset()) + 1;
      this.dispatcher.accept(partition, records, next, Number(batch.highWatermark));
      const lane = this.dispatcher.lane(partition);
      if (lane !== undefined && holdsEnough(lane, this.mapping.batchSize)) this.#pause(partition);
    }
    return Promise.resolve();
  }

  #onProgress(lane: PartitionLane): void {
    if (lane.doneTo !== undefined) this.#committer.mark(lane.partition, lane.doneTo);
    if (this.#paused.has(lane.partition) && !holdsEnough(lane, this.mapping.batchSize, 0.5)) {
      this.#resume(lane.partition);
    }
  }

  #pause(partition: number): void {
    if (this.#member === undefined || this.#paused.has(partition)) return;
    this.#paused.add(partition);
    this.#member.consumer.pause([{ topic: this.mapping.topic, partitions: [partition] }]);
  }

  #resume(partition: number): void {
    if (this.#member === undefined || !this.#paused.delete(partition)) return;
    this.#member.consumer.resume([{ topic: this.mapping.topic, partitions: [partition] }]);
  }

  async #commit(offsets: readonly { partition: number; offset: number }[]): Promise<void> {
    if (this.#member === undefined) return; // not a member: the next one reads these records again
    const { topic } = this.mapping;
    const own = offsets.filter(({ partition }) => this.partitions.includes(partition));
    await this.#member.consumer.commitOffsets(
      own.map(({ partition, offset }) => ({ topic, partition, offset: String(offset) })),
    );
  }

  #setState(state: PollerState): void {
    this.state = state;
    this.#options.onStateChange();
  }
}

function holdsEnough(lane: PartitionLane, batchSize: number, share = 1): boolean {
  const manyRecords = lane.waiting >= 2 * batchSize * share;
  return (
    lane.waitingBytes >= MOST_BYTES * share || (manyRecords && lane.waitingBytes >= ENOUGH_BYTES * share)
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
