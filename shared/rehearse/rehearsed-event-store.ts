import {
  checkCommit,
  VersionConflict,
  type Commit,
  type EventStore,
  type History,
} from '../decide/event-store.ts';
import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition } from '../define/event.ts';
import { currentRehearsal, type Rehearsal } from './rehearsal.ts';

type Streams = Map<string, Promise<History>>;

/**
 * An event store that can be rehearsed on: it reads through to the real one and keeps what is appended to itself,
 * with the same conflicts. Passes `tests/contract/event-store.spec.ts` while a rehearsal is on.
 */
export const rehearsedEventStore = (real: EventStore): EventStore => {
  const nameOf = ({ type }: AggregateDefinition, aggregateId: string): string => `${type}/${aggregateId}`;
  const appended = (rehearsal: Rehearsal) => rehearsal.writtenBy(real, () => new Map<string, Commit[]>());

  /** What the real store holds of an aggregate, read once. */
  const standing = async (
    rehearsal: Rehearsal,
    aggregate: AggregateDefinition,
    aggregateId: string,
  ): Promise<History> => {
    const name = nameOf(aggregate, aggregateId);
    const streams = rehearsal.seenBy(real, (): Streams => new Map());
    let stream = streams.get(name);
    if (!stream) {
      stream = real.load(aggregate, aggregateId);
      streams.set(name, stream);
      // What could not be read is read again.
      stream.catch(() => streams.delete(name));
    }
    return stream;
  };

  const load = async (
    rehearsal: Rehearsal,
    aggregate: AggregateDefinition,
    aggregateId: string,
    after = 0,
  ): Promise<History> => {
    const before = await standing(rehearsal, aggregate, aggregateId);
    const since = appended(rehearsal).get(nameOf(aggregate, aggregateId)) ?? [];
    return [...before, ...since]
      .filter(({ events }) => (events[0]?.sequence ?? 0) > after)
      .map(({ commandId, events }) => ({ commandId, events: structuredClone(events) }));
  };

  const append = async (rehearsal: Rehearsal, commits: readonly Commit[]): Promise<void> => {
    commits.forEach(checkCommit);
    const before = await Promise.all(
      commits.map(({ aggregate, aggregateId }) => standing(rehearsal, aggregate, aggregateId)),
    );
    // From here on without a pause: nobody else appends between the check and the writing.
    const streams = appended(rehearsal);
    const lastOf = ({ aggregate, aggregateId }: Commit, i: number): number => {
      const last = streams.get(nameOf(aggregate, aggregateId))?.at(-1) ?? before[i]?.at(-1);
      return last?.events.at(-1)?.sequence ?? 0;
    };
    const overtaken = commits.filter((commit, i) => commit.events[0]?.sequence !== lastOf(commit, i) + 1);
    if (overtaken.length > 0) throw new VersionConflict(overtaken.map(({ aggregateId }) => aggregateId));
    for (const commit of commits) {
      const name = nameOf(commit.aggregate, commit.aggregateId);
      const kept = { ...commit, events: structuredClone(commit.events) };
      streams.set(name, [...(streams.get(name) ?? []), kept]);
      rehearsal.note({ kind: 'events', target: name, content: kept.events });
    }
  };

  return {
    load: (aggregate, aggregateId, after) => {
      const rehearsal = currentRehearsal();
      return rehearsal
        ? load(rehearsal, aggregate, aggregateId, after)
        : real.load(aggregate, aggregateId, after);
    },
    append: (commits) => {
      const rehearsal = currentRehearsal();
      return rehearsal ? append(rehearsal, commits) : real.append(commits);
    },
    readFrom: async (aggregate, aggregateId, from) => {
      const rehearsal = currentRehearsal();
      if (!rehearsal) return real.readFrom(aggregate, aggregateId, from);
      return (await load(rehearsal, aggregate, aggregateId))
        .flatMap(({ events }) => events)
        .filter(({ occurredOn }) => occurredOn >= from);
    },
    readAll: async function* (): AsyncIterable<EventEnvelope> {
      yield* real.readAll();
      const rehearsal = currentRehearsal();
      if (!rehearsal) return;
      for (const commits of appended(rehearsal).values())
        yield* commits.flatMap(({ events }) => structuredClone(events));
    },
  };
};
