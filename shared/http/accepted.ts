import type { Outcome } from '../decide/command-handler.ts';
import type { Json } from '../once/once.ts';

/**
 * The body of a 202: the ids that matter to the caller, and for each aggregate the sequence that the command
 * brought it to, so that a client can wait until a query answers with its own write.
 */
export const accepted = (ids: Readonly<Record<string, string>>, { events }: Outcome): Json => {
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
