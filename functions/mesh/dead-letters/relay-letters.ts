import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { deadLetterTopicOf, findTopic } from '../../../shared/define/topics.ts';
import { count, logger } from '../../../shared/observe/telemetry.ts';
import type { KafkaMessage } from '../../../shared/publish/kafka-message.ts';
import type { Publish } from '../../../shared/publish/kafka-publisher.ts';
import { AUDIT, type AuditEntry } from './audit-trail.ts';
import { auditMessage, deadLetterMessage, deadLetterNotice } from './dead-letter-message.ts';
import type { Letter, WholeLetter } from './letter.ts';

/** All letters, whatever their topic, and those that have none of their own (C6). */
const EVERY_LETTER = 'error-events-dlq';
const SECURITY = 'system-events-security';

/** Reads a large letter's bytes; undefined when it is gone. */
export type ReadWhole = (letter: Letter) => Promise<WholeLetter | undefined>;

interface Outgoing {
  readonly topic: string;
  readonly message: KafkaMessage;
  /** What is sent instead where the message is too large for the topic. */
  readonly notice?: KafkaMessage;
}

/**
 * From the stream of the `dead-letters` table to the dead-letter topics: every new letter to that of its topic and
 * to the one for all, every operator's action to the security topic. In the stream's order and at least once: a
 * failure sends the batch again.
 */
export const relayLetters =
  (publish: Publish, readWhole: ReadWhole) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    try {
      const outgoing: Outgoing[] = [];
      for (const record of Records) outgoing.push(...(await outgoingOf(record, readWhole)));
      const topics = Map.groupBy(outgoing, ({ topic }) => topic);
      await Promise.all([...topics].map(([topic, messages]) => sendAll(publish, topic, messages)));
      count('DeadLettersPublished', topics.get(EVERY_LETTER)?.length ?? 0);
      return { batchItemFailures: [] };
    } catch (error) {
      logger.error('dead letters were not published, the batch will be sent again', { error });
      count('PublishFailures');
      return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] };
    }
  };

/** What a change of the table has to say. Holds, parts, jobs and changes of letters have nothing to say. */
const outgoingOf = async (
  { eventName, dynamodb }: DynamoDBRecord,
  readWhole: ReadWhole,
): Promise<Outgoing[]> => {
  if (eventName !== 'INSERT' || !dynamodb?.NewImage) return [];
  // The Lambda types and the SDK describe the same wire form of an item.
  const item = unmarshall(dynamodb.NewImage as Record<string, AttributeValue>);
  if (item['consumerKey'] === AUDIT) {
    const { consumerKey: _, position: __, expiresAt: ___, ...entry } = item;
    // `auditPut` alone writes them.
    return [{ topic: SECURITY, message: auditMessage(entry as unknown as AuditEntry) }];
  }
  if (typeof item['letterId'] !== 'string') return [];
  // Only letters have an id, and `dynamoDeadLetters` writes them.
  const letter = item as unknown as Letter & Partial<WholeLetter>;
  const whole =
    letter.parts === undefined
      ? (letter as WholeLetter)
      : ((await readWhole(letter)) ?? withoutBytes(letter));
  const topic = deadLetterTopicOf(letter.topic);
  return [...(findTopic(topic) ? [topic] : []), EVERY_LETTER].map((to) => ({
    topic: to,
    message: deadLetterMessage(whole),
    notice: deadLetterNotice(whole),
  }));
};

/** Of a large letter whose parts are gone, its coordinates and cause are all there is to say. */
const withoutBytes = (letter: Letter): WholeLetter => ({ ...letter, key: null, value: null, headers: [] });

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'type' in error && error.type === 'MESSAGE_TOO_LARGE';

const sendAll = async (publish: Publish, topic: string, outgoing: readonly Outgoing[]): Promise<void> => {
  try {
    await publish(
      topic,
      outgoing.map(({ message }) => message),
    );
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    for (const { message, notice } of outgoing)
      await sendOrNotice(publish, topic, message, notice ?? message);
  }
};

/** A record that a topic does not take must not keep the others from theirs. */
const sendOrNotice = async (
  publish: Publish,
  topic: string,
  message: KafkaMessage,
  notice: KafkaMessage,
): Promise<void> => {
  try {
    await publish(topic, [message]);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    logger.warn('a dead letter is too large for its topic: its value was left out', { topic });
    await publish(topic, [notice]);
  }
};
