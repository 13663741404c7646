import assert from 'node:assert/strict';
import { dynamoEventStore } from '../../shared/decide/dynamo-event-store.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { isContext, topicOf } from '../../shared/define/topics.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoProjectionStore } from '../../shared/project/dynamo-projection-store.ts';
import { projecting } from '../../shared/project/projecting.ts';
import type { Projection } from '../../shared/project/projection.ts';
import { memoryProjectionStore } from '../../shared/testing/memory-projection-store.ts';
import { waitFor } from '../engines/wait-for.ts';
import type { Endpoints } from '../mesh/endpoints.ts';
import { contextTables, type ContextTables } from './tables.ts';
import { topicRecords, type TopicRecord } from './topic-records.ts';

/** Which records an audit looks at. Whoever put others on a topic knows how to tell them from the mesh's own. */
type Audited = (record: TopicRecord) => boolean;
const everyRecord: Audited = () => true;

/** The envelope as JSON; the audit trusts nothing else of a record. */
const eventOf = (value: string): EventEnvelope => JSON.parse(value) as EventEnvelope;

const collect = async (events: AsyncIterable<EventEnvelope>): Promise<EventEnvelope[]> => {
  const all: EventEnvelope[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/**
 * Holds the raw topics against the event tables, from outside (promises 1 and 2): every event that was decided is
 * on its topic, nothing else is, and per aggregate the first sight of each sequence comes in order.
 * @returns one line of counts
 */
export const auditTopics = async (
  endpoints: Endpoints,
  deadlineMs: number,
  audited: Audited = everyRecord,
): Promise<string> => {
  let events = 0;
  let copies = 0;
  for (const tables of await contextTables(endpoints)) {
    const [decided, records] = await waitFor(
      `every ${tables.context} event on its topic`,
      () => decidedAndPublished(endpoints, tables, audited),
      { deadlineMs, everyMs: 500 },
    );
    const seen = new Map<string, number>();
    for (const { key, value } of records) {
      const { aggregateType, aggregateId, sequence, eventId } = eventOf(value);
      assert.ok(decided.has(eventId), `${eventId} on ${tables.context}'s topic was never decided`);
      assert.ok(aggregateId.startsWith(key), `${aggregateId} travels under ${key}`);
      const aggregate = `${aggregateType}/${aggregateId}`;
      const last = seen.get(aggregate) ?? 0;
      assert.ok(sequence <= last + 1, `${aggregate}: ${String(sequence)} came first after ${String(last)}`);
      seen.set(aggregate, Math.max(last, sequence));
    }
    events += decided.size;
    copies += records.length - decided.size;
  }
  return `${String(events)} events on their topics, in order, none missing; ${String(copies)} repeated`;
};

const eventIds = async (aws: string, table: string): Promise<Set<string>> =>
  new Set(
    (await collect(dynamoEventStore(dynamoClient(aws), table).readAll())).map(({ eventId }) => eventId),
  );

/** Reads the table before the topic to see what is missing, and again after it to see what does not belong. */
const decidedAndPublished = async (
  { aws, brokers }: Endpoints,
  { context, events }: ContextTables,
  audited: Audited,
) => {
  const decided = await eventIds(aws, events);
  const everything = isContext(context) ? await topicRecords(brokers, topicOf(context)) : [];
  const records = everything.filter(audited);
  const published = new Set(records.map(({ value }) => eventOf(value).eventId));
  const missing = [...decided].filter((eventId) => !published.has(eventId));
  if (missing.length > 0)
    throw new Error(`${String(missing.length)} events are missing, the first is ${missing[0] ?? ''}`);
  return [await eventIds(aws, events), records] as const;
};

/**
 * Folds every projection anew from the raw topics and holds each document, byte for byte, against the one that the
 * mesh made under duplicates and crashes: an effect lost or doubled would show (promises 3 and 7).
 */
export const auditViews = async (
  endpoints: Endpoints,
  projections: readonly Projection<unknown>[],
  deadlineMs: number,
  audited: Audited = everyRecord,
): Promise<string> => {
  const tables = await contextTables(endpoints);
  const topics = topicReader(endpoints.brokers);
  let documents = 0;
  for (const projection of projections) {
    const owner = projection.name.split('.')[0] ?? '';
    const views = tables.find(({ context }) => context === owner)?.views;
    assert.ok(views, `${projection.name} has no table`);
    documents += await waitFor(
      `${projection.name} equal to a rebuild`,
      () => compareView(endpoints, projection, views, topics, audited),
      { deadlineMs, everyMs: 500 },
    );
  }
  return `${String(documents)} documents of ${String(projections.length)} views equal to a rebuild from the topics`;
};

/** Reads each topic once for all the views that listen to it, and anew for one that was not equal yet. */
const topicReader = (brokers: readonly string[]) => {
  const read = new Map<string, Promise<readonly TopicRecord[]>>();
  return {
    records: (topic: string): Promise<readonly TopicRecord[]> => {
      const records = read.get(topic) ?? topicRecords(brokers, topic);
      read.set(topic, records);
      return records;
    },
    forget: (topics: Iterable<string>): void => {
      for (const topic of topics) read.delete(topic);
    },
  };
};

/** The document that a record is folded into; undefined for one that the projection does not listen to, or cannot read. */
const documentOf = (projection: Projection<unknown>, { value }: TopicRecord): string | undefined => {
  try {
    const event = eventOf(value);
    const definition = projection.listens.find((listened) => listened.is(event));
    return definition && JSON.stringify(projection.keyOf(definition.read(event)));
  } catch {
    // Poison, which no consumer can fold into anything either.
    return undefined;
  }
};

const compareView = async (
  { aws }: Endpoints,
  projection: Projection<unknown>,
  table: string,
  topics: ReturnType<typeof topicReader>,
  audited: Audited,
): Promise<number> => {
  const rebuilt = memoryProjectionStore();
  const types = new Map(projection.listens.map((definition) => [definition.type, definition]));
  const keys = new Map<string, { group: string; item: string }>();
  // Documents that records of others went into as well: what is audited alone does not make them.
  const withOthers = new Set<string>();
  const listened = new Set(projection.listens.map(({ aggregate }) => aggregate.topic));
  for (const topic of listened) {
    const everything = await topics.records(topic);
    const records = everything.filter(audited);
    for (const record of everything) {
      const shared = audited(record) ? undefined : documentOf(projection, record);
      if (shared !== undefined) withOthers.add(shared);
    }
    const deliveries = records.flatMap(({ key, value }) => {
      const event = eventOf(value);
      const definition = types.get(event.eventType);
      return definition?.aggregate.type === event.aggregateType
        ? [{ key, event: definition.read(event) }]
        : [];
    });
    for (const { event } of deliveries)
      keys.set(JSON.stringify(projection.keyOf(event)), projection.keyOf(event));
    await projecting(projection, rebuilt).process(deliveries);
  }
  for (const shared of withOthers) keys.delete(shared);
  const wanted = [...keys.values()];
  const live = await dynamoProjectionStore(dynamoClient(aws), table).read(projection.name, wanted);
  try {
    assert.deepEqual(live, await rebuilt.read(projection.name, wanted), projection.name);
  } catch (error) {
    topics.forget(listened);
    throw error;
  }
  return wanted.length;
};
