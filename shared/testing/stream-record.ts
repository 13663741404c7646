import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition } from '../define/event.ts';

/** The change that appending a commit leaves in the stream of an event table (StreamViewType NEW_IMAGE). */
export const streamRecord = (
  aggregate: AggregateDefinition,
  events: readonly EventEnvelope[],
  position: number,
): DynamoDBRecord => {
  const [first] = events;
  if (!first) throw new Error('a commit has events');
  const keys = {
    orderingKey: { S: aggregate.orderingKey(first.aggregateId) },
    commit: { S: `${aggregate.type}#${first.aggregateId}#${String(first.sequence).padStart(10, '0')}` },
  };
  return {
    eventID: createHash('md5').update(String(position)).digest('hex'),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/events/stream/2026-03-01T00:00:00.000',
    dynamodb: {
      ApproximateCreationDateTime: 1_772_366_400,
      Keys: keys,
      NewImage: { ...keys, commandId: { S: `command ${position}` }, events: { S: JSON.stringify(events) } },
      SequenceNumber: String(position).padStart(21, '1'),
      SizeBytes: 1,
      StreamViewType: 'NEW_IMAGE',
    },
  };
};
