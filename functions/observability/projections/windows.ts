import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import { partitionOf } from '../../../shared/define/partition-of.ts';
import { PermanentError } from '../../../shared/errors/mesh-error.ts';
import { init, projection, type DocumentKey } from '../../../shared/project/projection.ts';
import { watchedEvents } from '../watched-events.ts';

/** What happened in one UTC minute in one shard of a context: a tumbling window (ANA-01). */
export interface Window {
  /** Its first millisecond, RFC 3339. */
  readonly minute: string;
  readonly context: string;
  /** Events by type, in the order of their names. */
  readonly events: Readonly<Record<string, number>>;
  /** Those that do not say on whose behalf they happened (completeness, DQG-04). */
  readonly incomplete: number;
}

/**
 * A document remembers each aggregate that it counted, so a context's minute is spread over many: at 10 000 events
 * a second one holds some 2 000 aggregates. They are a multiple of a topic's partitions, and told by the hash that
 * tells the partition: so all of a document's events come by one partition, one batch after the other, and no two
 * invocations ever meet on it.
 */
export const SHARDS = 8 * 12;

/** The UTC minute of an instant. */
export const minuteOf = (instant: string): string => `${instant.slice(0, 'YYYY-MM-DDTHH:MM'.length)}:00.000Z`;

const aggregateOf = new Map(watchedEvents.map(({ type, aggregate }) => [type, aggregate]));

/** Follows from the envelope alone; payloads, where personal data would be, are not looked at. */
const windowOf = ({ eventType, aggregateId, occurredOn }: EventEnvelope) => {
  const aggregate = aggregateOf.get(eventType);
  if (!aggregate) throw new PermanentError('not-watched', `${eventType} is of no other context`);
  const shard = partitionOf(aggregate.orderingKey(aggregateId), SHARDS);
  return { minute: minuteOf(occurredOn), context: aggregate.context, shard };
};

const place = (event: EventEnvelope): DocumentKey => {
  const { minute, context, shard } = windowOf(event);
  return { group: minute, item: `${context}#${String(shard).padStart(2, '0')}` };
};

const counted = (event: EventEnvelope, doc: Window | undefined): Window => {
  const { minute, context } = windowOf(event);
  const events = { ...doc?.events, [event.eventType]: (doc?.events[event.eventType] ?? 0) + 1 };
  return {
    minute,
    context,
    events: Object.fromEntries(Object.entries(events).sort(([a], [b]) => (a < b ? -1 : 1))),
    incomplete: (doc?.incomplete ?? 0) + (event.metadata.userId === undefined ? 1 : 0),
  };
};

/** Counts every event of the other contexts by minute, context and type. */
export const windows = projection<Window>(
  'observability.windows',
  watchedEvents.map((definition) => init(definition, counted)),
  place,
);
