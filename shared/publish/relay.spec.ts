import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../define/event.ts';
import { TransientError } from '../errors/mesh-error.ts';
import { accountEvents, accounts } from '../testing/account.ts';
import { envelopeOf, envelopesOf } from '../testing/envelope-of.ts';
import { memoryDeadLetters } from '../testing/memory-dead-letters.ts';
import { streamRecord } from '../testing/stream-record.ts';
import type { KafkaMessage } from './kafka-message.ts';
import type { Publish } from './kafka-publisher.ts';
import { relay } from './relay.ts';

const baskets = defineAggregate('shopping', 'basket', 'owner');
const Filled = baskets.event('FilledEvent', z.strictObject({}), { version: 1 });

const recording = () => {
  const sent: { topic: string; messages: readonly KafkaMessage[] }[] = [];
  const publish: Publish = async (topic, messages) => {
    sent.push({ topic, messages });
  };
  return { sent, publish };
};

const accountRecords = (id: string, movements: readonly number[], from: number): DynamoDBRecord[] =>
  envelopesOf(id, accountEvents(movements)).map((event, i) => streamRecord(accounts, [event], from + i));

const bodies = (messages: readonly KafkaMessage[]): string[] =>
  messages.map(({ key, value }) => {
    const { aggregateId, sequence } = z
      .object({ aggregateId: z.string(), sequence: z.number() })
      .parse(JSON.parse(String(value)));
    return `${String(key)} ${aggregateId}:${sequence}`;
  });

const RELAY = 'event-mesh-test-mesh-relay';

describe('the relay', () => {
  it('sends a batch once to each topic, in the stream’s order, under ordering keys', async () => {
    const { sent, publish } = recording();
    const [a1, a2, ...more] = accountRecords('a1', [5, 6], 1);
    const basket = streamRecord(baskets, [envelopeOf(Filled.of({}), { aggregateId: 'ada.7' })], 9);
    const Records = [a1, basket, ...accountRecords('b1', [], 5), a2, ...more].flatMap(
      (record) => record ?? [],
    );
    await expect(relay(publish, memoryDeadLetters(), RELAY)({ Records })).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(sent.map(({ topic, messages }) => [topic, bodies(messages)])).toEqual([
      ['business-events-payments', ['a1 a1:1', 'b1 b1:1', 'a1 a1:2', 'a1 a1:3']],
      ['business-events-shopping', ['ada ada.7:1']],
    ]);
  });

  it('sends all events of a commit', async () => {
    const { sent, publish } = recording();
    const commit = streamRecord(accounts, envelopesOf('a1', accountEvents([1, 2])), 1);
    await relay(publish, memoryDeadLetters(), RELAY)({ Records: [commit] });
    expect(bodies(sent[0]?.messages ?? [])).toEqual(['a1 a1:1', 'a1 a1:2', 'a1 a1:3']);
  });

  it('reports the first record when publishing fails, so that all of it comes again', async () => {
    const down: Publish = () => Promise.reject(new TransientError('down', 'no broker'));
    const Records = accountRecords('a1', [5, 6], 1);
    await expect(relay(down, memoryDeadLetters(), RELAY)({ Records })).resolves.toStrictEqual({
      batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }],
    });
  });

  it('reports the first record also when only one of two topics fails', async () => {
    const half: Publish = async (topic) => {
      if (topic === 'business-events-shopping') throw new TransientError('down', 'no broker');
    };
    const basket = streamRecord(baskets, [envelopeOf(Filled.of({}), { aggregateId: 'ada.7' })], 9);
    const Records = [...accountRecords('a1', [5], 1), basket];
    const { batchItemFailures } = await relay(half, memoryDeadLetters(), RELAY)({ Records });
    expect(batchItemFailures).toEqual([{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }]);
  });

  it('passes over changes and removals of commits', async () => {
    const { sent, publish } = recording();
    const [record] = accountRecords('a1', [], 1) as [DynamoDBRecord];
    const Records = (['MODIFY', 'REMOVE'] as const).map((eventName): DynamoDBRecord => ({
      ...record,
      eventName,
    }));
    await expect(relay(publish, memoryDeadLetters(), RELAY)({ Records })).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(sent).toEqual([]);
  });

  const image = (fields: Record<string, { S: string }>): DynamoDBRecord => {
    const [record] = accountRecords('a1', [], 3) as [DynamoDBRecord];
    return { ...record, dynamodb: { ...record.dynamodb, NewImage: { orderingKey: { S: 'a1' }, ...fields } } };
  };
  const foreign = { ...envelopesOf('a1', accountEvents([]))[0], source: 'warehouse' };

  it.each<[string, DynamoDBRecord]>([
    ['has no events', image({})],
    ['has events that are not JSON', image({ events: { S: 'x' } })],
    ['has events that are no list', image({ events: { S: '{}' } })],
    ['has an empty list of events', image({ events: { S: '[]' } })],
    ['has an event of no context', image({ events: { S: JSON.stringify([foreign]) } })],
    ['has an event without identity', image({ events: { S: '[{"source":"payment"}]' } })],
    ['has no image', { eventName: 'INSERT', dynamodb: { SequenceNumber: '3' } }],
  ])('sets aside an item that %s, and sends the rest', async (_what, odd) => {
    const { sent, publish } = recording();
    const letters = memoryDeadLetters();
    const Records = [...accountRecords('a1', [], 1), odd, ...accountRecords('b1', [], 4)];
    await expect(relay(publish, letters, RELAY)({ Records })).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(bodies(sent[0]?.messages ?? [])).toEqual(['a1 a1:1', 'b1 b1:1']);
    expect(letters.letters).toMatchObject([
      { consumer: 'mesh-relay', functionName: RELAY, offset: odd.dynamodb?.SequenceNumber },
    ]);
    const kept: unknown = JSON.parse(Buffer.from(letters.letters[0]?.value ?? '', 'base64').toString());
    expect(kept).toEqual(odd);
  });

  it('reports the batch when what is set aside cannot be kept', async () => {
    const { publish } = recording();
    const full = { park: () => Promise.reject(new TransientError('down', 'no table')) };
    const Records = [image({})];
    const { batchItemFailures } = await relay(publish, full, RELAY)({ Records });
    expect(batchItemFailures).toEqual([{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber }]);
  });

  it('has nothing to do for an empty batch', async () => {
    const { sent, publish } = recording();
    await expect(relay(publish, memoryDeadLetters(), RELAY)({ Records: [] })).resolves.toStrictEqual({
      batchItemFailures: [],
    });
    expect(sent).toEqual([]);
  });
});
