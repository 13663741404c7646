import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { mintToken } from '../../local/mesh/identity.ts';
import { line, openShop } from '../../local/scenarios/shop.ts';
import { topicRecords, type TopicRecord } from '../../local/scenarios/topic-records.ts';
import { contextTables } from '../../local/scenarios/tables.ts';
import { waitFor } from '../../local/engines/wait-for.ts';
import { dynamoEventStore } from '../../shared/decide/dynamo-event-store.ts';
import { envelopeSchema, type EventEnvelope } from '../../shared/define/envelope.ts';
import { partitionOf } from '../../shared/define/partition-of.ts';
import { contexts as allContexts, isContext, topicOf } from '../../shared/define/topics.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { isOfTheMesh } from './mesh-access/foreign-records.ts';

const PARTITIONS = 12;
const mesh = inject('mesh');
/** Those that an order sets in motion. */
const contexts = ['order', 'inventory', 'payment', 'delivery', 'seller', 'notification'] as const;
type Context = (typeof contexts)[number];

/** The mesh's own records of each context's topic, and the events that its table has. */
const published = new Map<Context, readonly TopicRecord[]>();
const decided = new Map<Context, ReadonlyMap<string, EventEnvelope>>();

const eventOf = ({ value }: TopicRecord): EventEnvelope =>
  // The first test holds every value against the envelope's schema.
  JSON.parse(value) as EventEnvelope;

/** Reads a context's table and then its topic, until everything that was decided is published. */
const read = async (context: Context): Promise<void> => {
  const table = (await contextTables(mesh)).find((tables) => tables.context === context)?.events ?? '';
  const store = dynamoEventStore(dynamoClient(mesh.aws), table);
  const look = async () => {
    const events = new Map<string, EventEnvelope>();
    for await (const event of store.readAll()) events.set(event.eventId, event);
    const records = (await topicRecords(mesh.brokers, topicOf(context))).filter(isOfTheMesh);
    const seen = new Set(records.map((record) => eventOf(record).eventId));
    if (seen.size === 0 || [...events.keys()].some((eventId) => !seen.has(eventId))) return undefined;
    return { events, records: records.filter((record) => events.has(eventOf(record).eventId)) };
  };
  const { events, records } = await waitFor(`${context}'s topic complete`, look, {
    deadlineMs: 60_000,
    everyMs: 500,
  });
  published.set(context, records);
  decided.set(context, events);
};

beforeAll(async () => {
  const shop = openShop(mesh, await mintToken(mesh), 60_000);
  const sku = `sku-${randomUUID().slice(0, 8)}`;
  await shop.receive(sku, 10);
  const customers = [randomUUID(), randomUUID(), randomUUID()];
  const orders = await Promise.all(
    customers.flatMap((customerId) => [1, 2].map((n) => shop.place({ customerId, lines: [line(sku, n)] }))),
  );
  await Promise.all(orders.map((orderId) => shop.final(orderId)));
  await Promise.all(contexts.map(read));
});

describe.each(contexts)('the topic of %s, read with any Kafka client', (context) => {
  const records = (): readonly TopicRecord[] => published.get(context) ?? [];

  it('has the envelope as value, exactly as it was decided (EVT-01…03)', () => {
    expect(records().length).toBeGreaterThan(0);
    for (const { value } of records()) {
      const event = envelopeSchema.parse(JSON.parse(value));
      expect(value).toBe(JSON.stringify(decided.get(context)?.get(event.eventId)));
      expect(event.source).toBe(context);
    }
  });

  it('has the ordering key as key: the aggregate, or the customer or other owner that it belongs to (IDM-04)', () => {
    for (const record of records()) {
      const { aggregateId, aggregateType } = eventOf(record);
      const byOwner = ['order', 'notification', 'webhook', 'webhook-delivery'].includes(aggregateType);
      expect(record.key).toBe(byOwner ? aggregateId.split('.')[0] : aggregateId);
    }
  });

  it("has the identity again in CloudEvents' headers, and the trace (OBS-14)", () => {
    for (const record of records()) {
      const { eventId, eventType, source, occurredOn, metadata } = eventOf(record);
      expect(record.headers).toEqual({
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: eventId,
        ce_type: eventType,
        ce_source: source,
        ce_time: occurredOn,
        traceparent: expect.stringMatching(new RegExp(`^00-${metadata.traceId}-(?!0{16})[0-9a-f]{16}-01$`)),
      });
    }
  });

  it('keeps each key on the partition that Kafka itself would choose (C4)', () => {
    for (const { key, partition } of records()) expect(partition).toBe(partitionOf(key, PARTITIONS));
  });

  it('brings the sequence of every aggregate without gaps, in order at first sight (promise 2)', () => {
    const last = new Map<string, number>();
    for (const record of records()) {
      const { aggregateType, aggregateId, sequence } = eventOf(record);
      const aggregate = `${aggregateType}/${aggregateId}`;
      const seen = last.get(aggregate) ?? 0;
      expect(sequence, aggregate).toBeLessThanOrEqual(seen + 1);
      last.set(aggregate, Math.max(seen, sequence));
    }
  });
});

it('has a topic for each context with an event table', async () => {
  const owners = (await contextTables(mesh)).map(({ context }) => context);
  expect(owners.filter(isContext).toSorted()).toEqual([...allContexts].toSorted());
});
