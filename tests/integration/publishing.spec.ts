import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { Kafka, logLevel, Partitioners, type KafkaMessage } from 'kafkajs';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitFor } from '../../local/engines/wait-for.ts';
import { consume } from '../../shared/consume/consume.ts';
import { commandHandler } from '../../shared/decide/command-handler.ts';
import { dynamoEventStore } from '../../shared/decide/dynamo-event-store.ts';
import type { Commit, EventStore } from '../../shared/decide/event-store.ts';
import type { EventEnvelope } from '../../shared/define/envelope.ts';
import { idWithinCustomer, defineAggregate, type NewEvent } from '../../shared/define/event.ts';
import { dynamoClient } from '../../shared/aws/dynamo-client.ts';
import { dynamoProjectionStore } from '../../shared/project/dynamo-projection-store.ts';
import { projecting } from '../../shared/project/projecting.ts';
import type { Projection } from '../../shared/project/projection.ts';
import { kafkaPublisher } from '../../shared/publish/kafka-publisher.ts';
import { relay } from '../../shared/publish/relay.ts';
import {
  accounts,
  account,
  accountEvents,
  deposit,
  open,
  statementOfAccount,
  turnoverByLetter,
  withdraw,
} from '../../shared/testing/account.ts';
import { commandContext } from '../../shared/testing/command-context.ts';
import { createTable } from '../../shared/testing/create-table.ts';
import { envelopeOf, envelopesOf, testTime } from '../../shared/testing/envelope-of.ts';
import { lambdaContext } from '../../shared/testing/lambda-context.ts';
import { memoryDeadLetters } from '../../shared/testing/memory-dead-letters.ts';
import { memoryLedger } from '../../shared/testing/memory-ledger.ts';
import { base64, deliveryOf, mskEvent, type RecordDraft } from '../../shared/testing/msk-event.ts';
import { streamRecord } from '../../shared/testing/stream-record.ts';
import { z } from 'zod';

const baskets = defineAggregate('shopping', 'basket', 'owner');
const Filled = baskets.event('FilledEvent', z.strictObject({ text: z.string() }), { version: 1 });

/** What a topic holds, partition by partition: other tests may have written there too. */
interface Landed {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
}

let kafka: Kafka;
/** Every connection of this process to the broker, so that a test can cut them. */
const connections = new Set<Socket>();
const remember = (message: unknown): void => {
  if (!(message instanceof Object && 'socket' in message && message.socket instanceof Socket)) return;
  const { socket } = message;
  connections.add(socket);
  socket.once('close', () => connections.delete(socket));
};

beforeAll(async () => {
  subscribe('net.client.socket', remember);
  kafka = new Kafka({ clientId: 'test', brokers: inject('engines').kafka, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [accounts.topic, baskets.topic].map((topic) => ({
      topic,
      numPartitions: 12,
      replicationFactor: 1,
    })),
  });
  await admin.disconnect();
});

afterAll(() => {
  unsubscribe('net.client.socket', remember);
});

/** All records of a topic up to its present end. */
const readTopic = async (topic: string): Promise<Landed[]> => {
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(
    ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, BigInt(high) - 1n]),
  );
  const landed: Landed[] = [];
  if (missing.size === 0) return landed;
  const consumer = kafka.consumer({ groupId: `test-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const done = Promise.withResolvers<undefined>();
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ partition, message }) => {
      landed.push({ topic, partition, message });
      if (BigInt(message.offset) >= (missing.get(partition) ?? -1n)) missing.delete(partition);
      if (missing.size === 0) done.resolve(undefined);
    },
  });
  await done.promise;
  await consumer.disconnect();
  return landed;
};

const parsed = ({ message }: Landed): EventEnvelope =>
  // Only the relay under test writes what is looked at.
  JSON.parse(message.value?.toString() ?? '') as EventEnvelope;

const newRelay = () => {
  const brokers = inject('engines').kafka;
  return relay(
    kafkaPublisher({ brokers, auth: 'none', region: 'us-east-1', clientId: 'test-relay' }),
    memoryDeadLetters(),
    'test-relay',
  );
};

/** Sends a batch as Lambda does: again until nothing is reported. A broker that has just begun may refuse at first. */
const published = (Records: DynamoDBRecord[]): Promise<true> =>
  waitFor(
    'the batch on its topic',
    async () => ((await newRelay()({ Records })).batchItemFailures.length === 0 ? true : undefined),
    { deadlineMs: 30_000, everyMs: 200 },
  );

describe('an event on its topic', () => {
  it('is the envelope under its ordering key, with its identity in the headers, on the partition of every client', async () => {
    const aggregateId = idWithinCustomer(randomUUID(), '7');
    const event = envelopeOf(Filled.of({ text: 'Zoë 🚀' }), { aggregateId });
    await published([streamRecord(baskets, [event], 1)]);

    const customer = aggregateId.split('.')[0] ?? '';
    // Other specs write to the topic, too, and not only what is JSON.
    const [landed] = (await readTopic(baskets.topic)).filter(
      ({ message }) => message.key?.toString() === customer,
    );
    expect(landed && parsed(landed)).toEqual(event);
    const headers = Object.entries(landed?.message.headers ?? {}).map(([name, value]) => [
      name,
      String(value),
    ]);
    expect(Object.fromEntries(headers)).toEqual({
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_type: 'FilledEvent',
      ce_source: 'shopping',
      ce_time: event.occurredOn,
      traceparent: `00-${event.metadata.traceId}-${event.eventId.replaceAll('-', '').slice(16)}-01`,
    });
    const partitionMetadata = new Array<never>(12);
    const message = { key: customer, value: null };
    expect(landed?.partition).toBe(
      Partitioners.DefaultPartitioner()({ topic: baskets.topic, partitionMetadata, message }),
    );
  });

  it('gets there also in a batch of more than a broker takes at once', async () => {
    const customer = randomUUID();
    // Random text hardly compresses: 30 × 100 KB is more than a broker's 1 MB a batch.
    const text = Array.from({ length: 2_700 }, () => randomUUID()).join('');
    const Records = Array.from({ length: 30 }, (_, i) => {
      const event = envelopeOf(Filled.of({ text }), { aggregateId: `${customer}.1`, sequence: i + 1 });
      return streamRecord(baskets, [event], i);
    });
    await published(Records);
    const sequences = (await readTopic(baskets.topic))
      .filter(({ message }) => message.key?.toString() === customer)
      .map((landed) => parsed(landed).sequence);
    expect(sequences).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  });
});

describe('promise 2: ordered publishing', () => {
  const KEYS = 20;
  const EVENTS = 1_000;
  const BATCH = 40;

  it('per key, the first sights of 1 000 events are in order and complete, whatever fails in between', async () => {
    const run = randomUUID();
    const streams = Array.from({ length: KEYS }, (_, key) =>
      envelopesOf(`${run}-${key}`, accountEvents(Array.from({ length: EVENTS / KEYS - 1 }, () => 1))),
    );
    // The stream of the table: keys interleaved, each in sequence.
    const stream: DynamoDBRecord[] = Array.from({ length: EVENTS }, (_, i) => {
      const event = streams[i % KEYS]?.[Math.floor(i / KEYS)];
      if (!event) throw new Error('every event was made');
      return streamRecord(accounts, [event], i);
    });
    let publish = newRelay();
    let failures = 0;
    let attempt = 0;
    for (let from = 0; from < EVENTS;) {
      attempt += 1;
      // Later changes join a batch that is sent again, as they do on Lambda.
      const Records = stream.slice(from, from + BATCH + (attempt % 3) * 5);
      const sending = publish({ Records });
      // One cut is what kafkajs gets over by itself; a broker that stays away is what it does not.
      if (attempt % 3 === 0) await cutConnections(attempt);
      if (attempt % 5 === 0) await cutConnectionsUntil(sending);
      const { batchItemFailures } = await sending;
      if (batchItemFailures.length > 0) {
        failures += 1;
        expect(batchItemFailures).toEqual([{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }]);
        continue;
      }
      // Now and then the answer is lost after everything was sent, and another process takes over.
      if (attempt % 7 === 0) publish = newRelay();
      else from += Records.length;
    }
    expect(failures).toBeGreaterThan(0);

    const sights = new Map<string, number[]>();
    for (const landed of await readTopic(accounts.topic)) {
      const key = landed.message.key?.toString() ?? '';
      if (key.startsWith(run)) sights.set(key, [...(sights.get(key) ?? []), parsed(landed).sequence]);
    }
    expect(sights.size).toBe(KEYS);
    for (const seen of sights.values()) {
      expect([...new Set(seen)]).toEqual(Array.from({ length: EVENTS / KEYS }, (_, i) => i + 1));
    }
    const copies = [...sights.values()].reduce((sum, seen) => sum + seen.length, 0);
    expect(copies).toBeGreaterThan(EVENTS);
  });

  /** Cuts every connection to the broker a few turns of the event loop after a batch was handed over. */
  const cutConnections = async (turns: number): Promise<void> => {
    for (let turn = 0; turn < turns % 12; turn += 1) await nextTurn();
    const ports = inject('engines').kafka.map((broker) => Number(broker.split(':').at(-1)));
    for (const socket of connections) {
      if (socket.remotePort !== undefined && ports.includes(socket.remotePort))
        socket.destroy(new Error('cut'));
    }
  };

  const cutConnectionsUntil = async (end: Promise<unknown>): Promise<void> => {
    const ended = new AbortController();
    const noted = end.finally(() => {
      ended.abort();
    });
    for (let turn = 1; !ended.signal.aborted; turn += 1) await cutConnections(turn);
    await noted;
  };
});

describe('promise 7: projections are disposable', () => {
  const RUNS = 120;

  it('rebuilt from the events, a projection is the live one byte for byte', async () => {
    const client = dynamoClient(inject('engines').dynamodb);
    const store = dynamoEventStore(client, await createTable(client, 'orderingKey', 'commit'));
    const commits: Commit[] = [];
    const outbox: EventStore = {
      ...store,
      append: async (batch) => {
        await store.append(batch);
        commits.push(...batch);
      },
    };
    const run = commandHandler(outbox);
    const ids = Array.from({ length: 12 }, (_, i) => `${'abc'[i % 3] ?? ''}-${randomUUID()}`);
    const act =
      (i: number) =>
      (state: { open: boolean; balance: number }): NewEvent[] =>
        state.balance >= 50
          ? withdraw(state, 30 + (i % 20))
          : [...open(state, `Zoë ${i}`), ...deposit(10 + i)];
    // Enough at once to get in each other's way, and no more connections than a busy machine opens in a second.
    await pMap(
      Array.from({ length: RUNS }, (_, i) => i),
      (i) => run.execute(account, ids[i % ids.length] ?? '', commandContext(`command ${i}`), act(i)),
      { concurrency: 36 },
    );

    // The order of the table, as its stream has it: two answers to two writers may come the other way round.
    const first = ({ events }: Commit): number => events[0]?.sequence ?? 0;
    const inOrder = commits.toSorted((a, b) => first(a) - first(b));
    const Records = inOrder.map(({ events }, i) => streamRecord(accounts, events, i));
    await published(Records);
    const own = (await readTopic(accounts.topic)).filter(({ message }) =>
      ids.includes(message.key?.toString() ?? ''),
    );
    expect(own.length).toBeGreaterThanOrEqual(RUNS);

    const isHeardBy = (projection: Projection<never>, event: EventEnvelope): boolean =>
      projection.listens.some((definition) => definition.is(event));
    for (const projection of [statementOfAccount, turnoverByLetter] as unknown as Projection<never>[]) {
      const live = await createTable(client, 'groupKey', 'itemKey');
      const letters = memoryDeadLetters();
      const handler = consume(projecting(projection, dynamoProjectionStore(client, live)), {
        deadLetters: letters,
        ledger: memoryLedger(),
      });
      for (let from = 0; from < own.length; from += 50) {
        // Every batch overlaps the one before.
        const batch = own.slice(Math.max(0, from - 10), from + 50).map(asLambdaHasIt);
        expect(await handler(mskEvent(batch), lambdaContext())).toEqual({ batchItemFailures: [] });
      }
      expect(letters.letters).toEqual([]);

      const rebuilt = await createTable(client, 'groupKey', 'itemKey');
      const rebuilding = projecting(projection, dynamoProjectionStore(client, rebuilt));
      const events: EventEnvelope[] = [];
      for await (const event of store.readAll()) if (isHeardBy(projection, event)) events.push(event);
      const verdicts = await rebuilding.process(events.map((event) => deliveryOf(accounts, event)));
      expect(verdicts.every(({ kind }) => kind === 'applied')).toBe(true);

      const bytes = await contentOf(live);
      expect(bytes.length).toBeGreaterThan(0);
      expect(await contentOf(rebuilt)).toEqual(bytes);
    }

    /** A table's items as text, in the order of their keys. */
    async function contentOf(table: string): Promise<string[]> {
      const { Items = [] } = await client.send(new ScanCommand({ TableName: table }));
      return Items.map((item) =>
        JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))),
      ).sort();
    }
  });

  const asLambdaHasIt = ({ topic, partition, message }: Landed): RecordDraft => ({
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: testTime,
    timestampType: 'CREATE_TIME',
    key: message.key && base64(message.key),
    value: message.value && base64(message.value),
    headers: [],
  });
});
