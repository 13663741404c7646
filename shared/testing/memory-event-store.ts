import { checkCommit, VersionConflict, type Commit, type EventStore } from '../decide/event-store.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition } from '../define/event.ts';

/** An event store in memory, held to the same contract as the one on DynamoDB. */
export const memoryEventStore = (): EventStore => {
  const streams = new Map<string, Commit[]>();
  const nameOf = ({ type }: AggregateDefinition, aggregateId: string): string => `${type}#${aggregateId}`;
  const stream = (aggregate: AggregateDefinition, id: string): readonly Commit[] =>
    streams.get(nameOf(aggregate, id)) ?? [];
  const expected = ({ aggregate, aggregateId }: Commit): number =>
    (stream(aggregate, aggregateId).at(-1)?.events.at(-1)?.sequence ?? 0) + 1;
  // What is kept and given out is a copy, as in a table.
  const copy = <T>(value: T): T => structuredClone(value);
  const eventsOf = (commits: readonly Commit[]): EventEnvelope[] =>
    commits.flatMap(({ events }) => copy(events));

  return {
    load: async (aggregate, id, after = 0) =>
      stream(aggregate, id)
        .filter(({ events }) => (events[0]?.sequence ?? 0) > after)
        .map(({ commandId, events }) => ({ commandId, events: copy(events) })),
    append: async (commits) => {
      commits.forEach(checkCommit);
      const overtaken = commits.filter((commit) => commit.events[0]?.sequence !== expected(commit));
      if (overtaken.length > 0) throw new VersionConflict(overtaken.map(({ aggregateId }) => aggregateId));
      for (const commit of commits) {
        const name = nameOf(commit.aggregate, commit.aggregateId);
        const kept = { ...commit, events: copy(commit.events) };
        streams.set(name, [...(streams.get(name) ?? []), kept]);
      }
    },
    readFrom: async (aggregate, id, from) =>
      eventsOf(stream(aggregate, id)).filter(({ occurredOn }) => occurredOn >= from),
    readAll: async function* () {
      for (const commits of streams.values()) yield* eventsOf(commits);
    },
  };
};
