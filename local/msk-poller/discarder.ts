import { randomUUID } from 'node:crypto';
import { Backoffs } from './backoffs.ts';
import { countRecords, describeBatch, type Batch } from './batch.ts';
import type { DiscardedBatch } from './invocation-record.ts';
import type { FunctionReply } from './invoke-function.ts';
import type { Log } from './log.ts';
import type { Mapping } from './mapping.ts';
import { backoffMs, type DiscardCondition } from './retry-policy.ts';

/** Takes a batch that was given up to its mapping's destination; rejects when it did not get there. */
export type SendDiscarded = (batch: DiscardedBatch) => Promise<void>;

export interface DiscarderOptions {
  readonly mapping: Mapping;
  readonly bootstrapServers: string;
  readonly sendDiscarded: SendDiscarded;
  readonly log: Log;
}

export interface Discard {
  readonly batch: Batch;
  readonly condition: DiscardCondition;
  readonly reply: FunctionReply | undefined;
}

/**
 * Gives batches up: loudly, and with a destination not before the destination has them. AWS does not say what becomes of
 * a batch whose destination fails; here it stays and its partitions wait, since nothing may be lost.
 */
export class Discarder {
  readonly #options: DiscarderOptions;
  readonly #backoffs = new Backoffs<Discard>();
  #sending = 0;
  #stopped = false;

  constructor(options: DiscarderOptions) {
    this.#options = options;
  }

  /** Batches on their way to the destination now. */
  get sending(): number {
    return this.#sending;
  }

  /** Calls `done` when the batch is dealt with; never after `stop`, so that it is read again. */
  discard(what: Discard, done: () => void): void {
    const { log, mapping } = this.#options;
    log('error', `batch discarded: ${what.condition}`, {
      ...describeBatch(mapping, what.batch),
      records: countRecords(what.batch.slices),
      destination: mapping.onFailure ?? 'none',
    });
    // Not at once: a long run of discarded batches would nest as deep as it is long.
    if (mapping.onFailure === undefined) queueMicrotask(done);
    else void this.#send(what, this.#discarded(what), done, 1);
  }

  stop(): void {
    this.#stopped = true;
    this.#backoffs.clear();
  }

  async #send(what: Discard, discarded: DiscardedBatch, done: () => void, attempt: number): Promise<void> {
    this.#sending += 1;
    try {
      await this.#options.sendDiscarded(discarded);
    } catch (error) {
      if (this.#stopped) return;
      const retryInMs = backoffMs(attempt, Math.random());
      this.#options.log('error', 'destination failed, will be retried', {
        ...describeBatch(this.#options.mapping, what.batch),
        error: error instanceof Error ? error.message : String(error),
        attempt,
        retryInMs,
      });
      this.#backoffs.wait(what, retryInMs, () => void this.#send(what, discarded, done, attempt + 1));
      return;
    } finally {
      this.#sending -= 1;
    }
    done();
  }

  #discarded({ batch, condition, reply }: Discard): DiscardedBatch {
    const { mapping, bootstrapServers } = this.#options;
    return {
      mapping,
      bootstrapServers,
      partitions: batch.slices.map(({ lane, records }) => ({ partition: lane.partition, records })),
      condition,
      invokeCount: batch.failures.counted,
      reply,
      requestId: reply?.requestId || randomUUID(),
      at: new Date(),
    };
  }
}
