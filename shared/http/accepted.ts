import type { Outcome } from '../decide/command-handler.ts';

interface Written {
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly sequence: number;
  /** Answers are kept as JSON, whose objects are open. */
  readonly [name: string]: string | number;
}

/**
 * The body of a 202: the ids that matter to the caller, and for each aggregate the sequence that the command
 * brought it to, so that a client can wait until a query answers with its own write.
 */
export const accepted = <Ids extends Readonly<Record<string, string>>>(
  ids: Ids,
  { events }: Pick<Outcome, 'events'>,
): Ids & { readonly written: readonly Written[] } => {
  const newest = new Map(events.map((event) => [`${event.aggregateType}/${event.aggregateId}`, event]));
  return {
    ...ids,
    written: [...newest.values()].map(({ aggregateType, aggregateId, sequence }) => ({
      aggregateType,
      aggregateId,
      sequence,
    })),
  };
};
