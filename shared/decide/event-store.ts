import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition } from '../define/event.ts';
import { PermanentError, TransientError } from '../errors/mesh-error.ts';

/** One command's events for one aggregate: appended whole or not at all. */
export interface Commit {
  readonly aggregate: AggregateDefinition;
  readonly aggregateId: string;
  /** The command that decided them; running it again finds them instead of deciding anew. */
  readonly commandId: string;
  /** Consecutive sequences, the first one after the last that was loaded. */
  readonly events: readonly EventEnvelope[];
}

/** What happened to an aggregate so far, oldest first. */
export type History = readonly Pick<Commit, 'commandId' | 'events'>[];

/**
 * Where a context's events are kept: the only thing that is ever written to change state (promise 1).
 * Every implementation passes `tests/contract/event-store.spec.ts`.
 */
export interface EventStore {
  /**
   * The commits of an aggregate, all of them or those after a sequence at which one ends; empty when there are none.
   * Sees every append that was acknowledged.
   */
  load(aggregate: AggregateDefinition, aggregateId: string, after?: number): Promise<History>;
  /**
   * Appends all commits or none.
   * @throws VersionConflict when an aggregate has moved on since it was loaded
   */
  append(commits: readonly Commit[]): Promise<void>;
  /** An aggregate's events that occurred at or after an instant (RFC 3339), oldest first (CQR-04). */
  readFrom(
    aggregate: AggregateDefinition,
    aggregateId: string,
    from: string,
  ): Promise<readonly EventEnvelope[]>;
  /** Every event of the context, each aggregate's in sequence: what projections are rebuilt from (CQR-05). */
  readAll(): AsyncIterable<EventEnvelope>;
}

/** DynamoDB takes items of 400 KB; the rest is left to keys, index and the stream's own wrapping. */
const MAX_COMMIT_BYTES = 350_000;

/**
 * Whether a commit can be kept at all, in any store.
 * @throws PermanentError `empty-commit`, `commit-too-large`
 */
export const checkCommit = ({ aggregateId, events }: Commit): void => {
  if (events.length === 0)
    throw new PermanentError('empty-commit', `a commit of ${aggregateId} has no events`);
  if (Buffer.byteLength(JSON.stringify(events)) > MAX_COMMIT_BYTES) {
    throw new PermanentError(
      'commit-too-large',
      `${aggregateId}: a commit may hold ${MAX_COMMIT_BYTES} bytes of events`,
    );
  }
};

/** Another writer appended to the aggregate first. Load and decide again. */
export class VersionConflict extends TransientError {
  constructor(aggregateIds: readonly string[], options?: ErrorOptions) {
    super('version-conflict', `another writer appended first: ${aggregateIds.join(', ')}`, options);
  }
}
