/** Where a lane reads: something that only grows. */
export type Log<Item> = readonly Item[];

/**
 * One shard or partition of an event source mapping: at least once, in order, one batch in flight. What has not ended
 * comes again, in batches cut anew.
 */
export class Lane<Item> {
  readonly #log: Log<Item>;
  readonly #ended = new Set<number>();

  constructor(log: Log<Item>) {
    this.#log = log;
  }

  /** Positions that have not ended, in order. */
  get open(): readonly number[] {
    return this.#log.flatMap((_, position) => (this.#ended.has(position) ? [] : [position]));
  }

  take(size: number): readonly number[] {
    return this.open.slice(0, size);
  }

  items(batch: readonly number[]): readonly Item[] {
    return batch.flatMap((position) => this.#log.slice(position, position + 1));
  }

  /** The function's answer: these have not ended, the rest of the batch has. */
  end(batch: readonly number[], failed: ReadonlySet<number>): 'done' | 'again' {
    for (const position of batch) if (!failed.has(position)) this.#ended.add(position);
    return failed.size > 0 ? 'again' : 'done';
  }

  /** The last records that ended are delivered again, as after a rebalance that lost their offsets. */
  back(count: number): boolean {
    const first = [...this.#ended].sort((a, b) => a - b).at(-count) ?? 0;
    const again = [...this.#ended].filter((position) => position >= first);
    for (const position of again) this.#ended.delete(position);
    return again.length > 0;
  }
}
