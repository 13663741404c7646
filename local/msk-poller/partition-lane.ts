import type { EncodedRecord } from './record.ts';

/**
 * The records of one partition that wait for delivery, in offset order, and how far the partition has come. A lane has
 * at most one batch in flight.
 */
export class PartitionLane {
  readonly partition: number;
  /** True from the moment a batch is taken until it is done: delivered, discarded or given up to a rebalance. */
  busy = false;
  /** Goes up whenever the partition starts over, so that a batch taken before can be told from one taken after. */
  epoch = 0;
  /** False once the partition belongs to another poller. */
  assigned = true;
  #queue: EncodedRecord[] = [];
  #head = 0;
  #bytes = 0;
  #fetchedTo: number | undefined;
  #inFlightFrom: number | undefined;
  #endOffset = 0;

  constructor(partition: number) {
    this.partition = partition;
  }

  get waiting(): number {
    return this.#queue.length - this.#head;
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** The offset after the last one read, filtered out or not; undefined until the first fetch. */
  get fetchedTo(): number | undefined {
    return this.#fetchedTo;
  }

  /** Everything below this offset is done: what the consumer group may commit. Undefined until the first fetch. */
  get doneTo(): number | undefined {
    return this.#inFlightFrom ?? this.peek(0)?.offset ?? this.#fetchedTo;
  }

  /** Records that are not done yet, those in Kafka included, as far as the last fetch knew. */
  get lag(): number {
    return Math.max(0, this.#endOffset - (this.doneTo ?? this.#endOffset));
  }

  peek(index: number): EncodedRecord | undefined {
    return this.#queue[this.#head + index];
  }

  /**
   * Adds what one fetch brought: the records that passed the filter, the offset reading goes on from, and the offset after
   * the partition's last record.
   */
  append(records: readonly EncodedRecord[], fetchedTo: number, endOffset: number): void {
    for (const record of records) {
      this.#queue.push(record);
      this.#bytes += record.bytes;
    }
    this.#fetchedTo = fetchedTo;
    this.#endOffset = endOffset;
  }

  /** Takes the first records for a batch, which makes the lane busy. */
  take(count: number): EncodedRecord[] {
    const taken = this.#queue.slice(this.#head, this.#head + count);
    this.#drop(taken.length);
    this.busy = true;
    this.#inFlightFrom = taken[0]?.offset;
    return taken;
  }

  /** Of the batch in flight, only records from this offset on are still undone. */
  advanceTo(offset: number): void {
    this.#inFlightFrom = offset;
  }

  /** The batch in flight is done; the next one may be taken. */
  release(): void {
    this.busy = false;
    this.#inFlightFrom = undefined;
  }

  /** Forgets what waits: the partition will be read again from the committed offset. A batch in flight goes on. */
  startOver(): void {
    this.#queue = [];
    this.#head = 0;
    this.#bytes = 0;
    this.#inFlightFrom = undefined;
    // What was read but not delivered is forgotten, so nothing above the committed offset may count as done.
    this.#fetchedTo = undefined;
    this.epoch += 1;
  }

  /** Drops waiting records below an offset that a batch from before `startOver` has meanwhile delivered. */
  skipTo(offset: number): void {
    let count = 0;
    while ((this.peek(count)?.offset ?? offset) < offset) count += 1;
    this.#drop(count);
  }

  #drop(count: number): void {
    for (let index = 0; index < count; index += 1) this.#bytes -= this.peek(index)?.bytes ?? 0;
    this.#head += count;
    // Moving the rest down now and then keeps taking from the front cheap.
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
