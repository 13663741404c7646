import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { DeadLetter, DeadLetters } from '../consume/dead-letters.ts';
import { eventsOfItem } from '../decide/dynamo-event-store.ts';
import { isContext, topicOf } from '../define/topics.ts';
import { causeOf } from '../errors/cause-of.ts';
import { PermanentError } from '../errors/mesh-error.ts';
import { count, duration, logger } from '../observe/telemetry.ts';
import { kafkaMessage, type KafkaMessage } from './kafka-message.ts';
import type { Publish } from './kafka-publisher.ts';

const RELAY = 'mesh-relay';

interface Outgoing {
  readonly topic: string;
  readonly messages: readonly KafkaMessage[];
  /** When the newest of the events was decided, milliseconds since the epoch. */
  readonly decidedAt: number;
}

/**
 * A change of an event table as the Kafka records it stands for.
 * @throws PermanentError when the item is no commit of ours
 */
const outgoing = ({ dynamodb }: DynamoDBRecord): Outgoing => {
  // The Lambda types and the SDK describe the same wire form of an item.
  const image = dynamodb?.NewImage as Record<string, AttributeValue> | undefined;
  const events = eventsOfItem(image);
  const orderingKey = image?.['orderingKey']?.S;
  const source = events[0]?.source;
  const newest = events.at(-1);
  if (!orderingKey || !newest || source === undefined || !isContext(source)) {
    throw new PermanentError('not-a-commit', `no topic for source ${source ?? '(none)'}`);
  }
  return {
    topic: topicOf(source),
    messages: events.map((event) => kafkaMessage(event, orderingKey)),
    decidedAt: Date.parse(newest.occurredOn),
  };
};

/**
 * The relay: from the stream of an event table to its topic, in the stream's order (promise 2, PRO-04).
 *
 * The batch is sent in order, one request after the other, and a failure sends all of it again: copies may
 * repeat, and nothing overtakes. On failure the first record is reported and Lambda sends the batch
 * again from there (AWS Lambda, "Configuring partial batch response with DynamoDB and Lambda"). A record that is
 * no commit was not written by the event store; it is set aside and does not stop the shard.
 */
export const relay =
  (publish: Publish, deadLetters: Pick<DeadLetters, 'park'>, functionName: string) =>
  async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const byTopic = new Map<string, KafkaMessage[]>();
    const rejected: DeadLetter[] = [];
    let newest = 0;
    for (const record of Records) {
      // Events are immutable: only an insert is news. Anything else is an operator's doing and is only told.
      if (record.eventName !== 'INSERT') {
        logger.warn('a commit was changed or removed', {
          change: record.eventName,
          keys: record.dynamodb?.Keys,
        });
        continue;
      }
      try {
        const { topic, messages, decidedAt } = outgoing(record);
        const queue = byTopic.get(topic);
        if (queue) queue.push(...messages);
        else byTopic.set(topic, [...messages]);
        newest = Math.max(newest, decidedAt);
      } catch (error) {
        rejected.push(letterOf(functionName, record, error));
      }
    }
    try {
      await Promise.all([...byTopic].map(([topic, messages]) => publish(topic, messages)));
      if (rejected.length > 0) await deadLetters.park(rejected);
    } catch (error) {
      logger.error('publishing failed, the batch will be sent again', { error, records: Records.length });
      count('PublishFailures');
      return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] };
    }
    const published = [...byTopic.values()].reduce((sum, { length }) => sum + length, 0);
    count('EventsPublished', published);
    count('RecordsParked', rejected.length);
    if (published > 0) duration('PublishLag', Date.now() - newest);
    logger.info('published', { topics: [...byTopic.keys()], events: published, parked: rejected.length });
    return { batchItemFailures: [] };
  };

const letterOf = (functionName: string, record: DynamoDBRecord, error: unknown): DeadLetter => ({
  consumer: RELAY,
  functionName,
  topic: record.eventSourceARN ?? 'unknown-stream',
  partition: 0,
  offset: record.dynamodb?.SequenceNumber ?? '',
  timestamp: (record.dynamodb?.ApproximateCreationDateTime ?? 0) * 1_000,
  key: null,
  value: Buffer.from(JSON.stringify(record)).toString('base64'),
  headers: [],
  cause: causeOf(error),
  attempts: 1,
  firstFailedAt: new Date().toISOString(),
  lastFailedAt: new Date().toISOString(),
});
