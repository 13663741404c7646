import type { AggregateDefinition } from '../define/event.ts';

/** From, inclusive, to, exclusive: compared as text. */
export interface IdRange {
  readonly from: string;
  readonly to: string;
  /** How many ids at most, 1 or more. */
  readonly limit: number;
}

/** Which aggregates an owner has: what one partition of an event table tells without a view. */
export interface OwnedAggregates {
  /**
   * The first ids of an aggregate's kind within a range, in their order. Sees every append that was acknowledged.
   * @param owner that the ids begin with (`idWithin`)
   */
  idsWithin(aggregate: AggregateDefinition, owner: string, range: IdRange): Promise<readonly string[]>;
}
