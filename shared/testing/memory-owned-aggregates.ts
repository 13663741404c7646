import type { EventStore } from '../decide/event-store.ts';
import type { OwnedAggregates } from '../decide/owned-aggregates.ts';

/** The aggregates in an event store by owner, held to the same contract as those on DynamoDB. */
export const memoryOwnedAggregates = (store: Pick<EventStore, 'readAll'>): OwnedAggregates => ({
  idsWithin: async (aggregate, owner, { from, to, limit }) => {
    const ids = new Set<string>();
    for await (const { aggregateType, aggregateId } of store.readAll())
      if (aggregateType === aggregate.type && aggregate.orderingKey(aggregateId) === owner)
        ids.add(aggregateId);
    return [...ids]
      .filter((id) => id >= from && id < to)
      .sort()
      .slice(0, limit);
  },
});
