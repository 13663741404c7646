import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { KafkaMessage } from '../../../shared/publish/kafka-message.ts';
import type { Publish } from '../../../shared/publish/kafka-publisher.ts';
import type { WholeLetter } from './letter.ts';
import { relayLetters } from './relay-letters.ts';

const bytes = Buffer.from([0, 255, 10]);
const letter = (changes: Partial<WholeLetter> = {}): WholeLetter => ({
  letterId: 'order.order-summary~business-events-orders~3~17',
  consumerKey: 'order.order-summary|YWRh',
  position: 'business-events-orders|3|00000000000000000017',
  consumer: 'order.order-summary',
  functionName: 'f',
  topic: 'business-events-orders',
  partition: 3,
  offset: '17',
  timestamp: 1_772_366_400_000,
  key: 'YWRh',
  value: bytes.toString('base64'),
  headers: [{ odd: [-1, 0] }, { twice: [1] }, { twice: [2] }],
  cause: { name: 'PermanentError', code: 'not-utf-8', message: 'the value is not UTF-8', stack: 'at …' },
  attempts: 1,
  firstFailedAt: '2026-03-01T12:00:00.000Z',
  lastFailedAt: '2026-03-01T12:00:01.000Z',
  parkedAt: '2026-03-01T12:00:01.000Z',
  status: 'parked',
  ...changes,
});
let sequence = 0;
const inserted = (item: object, eventName: 'INSERT' | 'MODIFY' = 'INSERT'): DynamoDBRecord => ({
  eventName,
  dynamodb: {
    SequenceNumber: String((sequence += 1)),
    // The SDK and the Lambda types describe the same wire form of an item.
    NewImage: marshall(item, { removeUndefinedValues: true }) as never,
  },
});

const relayed = async (
  records: readonly DynamoDBRecord[],
  fail?: (messages: readonly KafkaMessage[]) => Error | undefined,
) => {
  const sent: { topic: string; message: KafkaMessage }[] = [];
  const publish: Publish = async (topic, messages) => {
    const error = fail?.(messages);
    if (error) throw error;
    sent.push(...messages.map((message) => ({ topic, message })));
  };
  const answer = await relayLetters(publish, async ({ letterId }) => letter({ letterId, value: 'AAAA' }))({
    Records: [...records],
  });
  return { sent, answer };
};

describe('the relay of dead letters', () => {
  it('publishes a letter whole to the dead-letter topic of its topic and to the one for all (CON-09, CON-10)', async () => {
    const { sent, answer } = await relayed([inserted(letter())]);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(sent.map(({ topic }) => topic)).toEqual(['business-events-orders.dlq', 'error-events-dlq']);
    for (const { message } of sent) {
      expect(message).toEqual({
        key: Buffer.from('ada'),
        value: bytes,
        headers: {
          odd: Buffer.from([255, 0]),
          twice: [Buffer.from([1]), Buffer.from([2])],
          dlq_letter_id: 'order.order-summary~business-events-orders~3~17',
          dlq_consumer: 'order.order-summary',
          dlq_status: 'parked',
          dlq_topic: 'business-events-orders',
          dlq_partition: '3',
          dlq_offset: '17',
          dlq_timestamp: '1772366400000',
          dlq_cause: 'not-utf-8',
          dlq_message: 'the value is not UTF-8',
          dlq_attempts: '1',
          dlq_first_failed_at: '2026-03-01T12:00:00.000Z',
          dlq_last_failed_at: '2026-03-01T12:00:01.000Z',
        },
      });
    }
  });

  it('keeps that a record has no key or no value', async () => {
    const { sent } = await relayed([inserted(letter({ key: null, value: null, headers: [] }))]);
    expect(sent[0]?.message).toMatchObject({ key: null, value: null });
  });

  it('has only the topic for all where a topic is none of ours', async () => {
    const { sent } = await relayed([inserted(letter({ topic: 'arn:aws:dynamodb:table/x/stream/1' }))]);
    expect(sent.map(({ topic }) => topic)).toEqual(['error-events-dlq']);
  });

  it('joins a large letter', async () => {
    const { value: _, ...rest } = letter();
    const { sent } = await relayed([inserted({ ...rest, parts: 2 })]);
    expect(sent[0]?.message.value).toEqual(Buffer.from('AAAA', 'base64'));
  });

  it('tells the security topic what operators do (SEC-03, SEC-09)', async () => {
    const entry = {
      auditId: 'x',
      at: '2026-03-01T12:00:00.000Z',
      by: 'ada',
      action: 'letter-discarded',
      target: 'l',
    };
    const { sent } = await relayed([
      inserted({ ...entry, consumerKey: '!audit', position: 'p', expiresAt: 1 }),
    ]);
    expect(sent).toEqual([
      {
        topic: 'system-events-security',
        message: {
          key: 'l',
          value: JSON.stringify(entry),
          headers: expect.objectContaining({ ce_type: 'mesh.dead-letters.letter-discarded', ce_id: 'x' }),
        },
      },
    ]);
  });

  it('passes over holds, parts, jobs, and changes of letters', async () => {
    const { sent } = await relayed([
      inserted({ consumerKey: 'c|k', position: '!hold', version: 1 }),
      inserted({ consumerKey: 'c|k', position: 't|0|1|00', part: 'x' }),
      inserted({ consumerKey: '!jobs', position: 'j', jobId: 'j' }),
      inserted(letter(), 'MODIFY'),
    ]);
    expect(sent).toEqual([]);
  });

  it('reports the first record when Kafka does not take them, so that all come again', async () => {
    const records = [inserted(letter()), inserted(letter({ offset: '18' }))];
    const { answer } = await relayed(records, () => new Error('no broker'));
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }]);
  });

  it('leaves the value out where a topic does not take so large a record, and goes on', async () => {
    const tooLarge = Object.assign(new Error('too large'), { type: 'MESSAGE_TOO_LARGE' });
    const large = letter({ offset: '18', value: Buffer.from('large').toString('base64') });
    const { sent, answer } = await relayed([inserted(letter()), inserted(large)], (messages) =>
      messages.some(({ value }) => String(value) === 'large') ? tooLarge : undefined,
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    const orders = sent.filter(({ topic }) => topic.endsWith('.dlq')).map(({ message }) => message);
    expect(orders).toMatchObject([
      { value: bytes },
      { value: null, headers: { dlq_offset: '18', dlq_value: expect.stringContaining('too large') } },
    ]);
  });
});
