import type { Log } from './log.ts';

const RETRY_MS = 1_000;

export type CommitOffsets = (offsets: readonly { partition: number; offset: number }[]) => Promise<void>;

/**
 * Commits progress in the background, one request at a time, always the newest offset of each partition. Delivery does
 * not wait for it: what is not committed when the poller dies is delivered again.
 */
export class OffsetCommitter {
  readonly #commit: CommitOffsets;
  readonly #log: Log;
  readonly #pending = new Map<number, number>();
  #running: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(commit: CommitOffsets, log: Log) {
    this.#commit = commit;
    this.#log = log;
  }

  /** Everything of the partition below `offset` is done. */
  mark(partition: number, offset: number): void {
    this.#pending.set(partition, offset);
    void this.flush();
  }

  /** Resolves when everything marked so far is committed or has failed and waits for its retry. */
  flush(): Promise<void> {
    this.#running ??= this.#drain();
    return this.#running;
  }

  /** Forgets what is not committed, for partitions that will be read again. */
  clear(): void {
    clearTimeout(this.#retryTimer);
    this.#pending.clear();
  }

  async #drain(): Promise<void> {
    // Marks made in the same turn go out together.
    await Promise.resolve();
    clearTimeout(this.#retryTimer);
    while (this.#pending.size > 0 && (await this.#commitPending()));
    // Cleared in the same turn as the last look at #pending: a mark that comes now starts anew.
    this.#running = undefined;
  }

  /** False when the commit failed and has been put off. */
  async #commitPending(): Promise<boolean> {
    const offsets = [...this.#pending].map(([partition, offset]) => ({ partition, offset }));
    this.#pending.clear();
    try {
      await this.#commit(offsets);
      return true;
    } catch (error) {
      this.#log('warn', 'offsets not committed, will be retried', { error: String(error), offsets });
      for (const { partition, offset } of offsets) {
        if (!this.#pending.has(partition)) this.#pending.set(partition, offset);
      }
      this.#retryTimer = setTimeout(() => void this.flush(), RETRY_MS);
      return false;
    }
  }
}
