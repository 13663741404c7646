import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/** An item of the event table, as it was put. */
export type CommitItem = Readonly<Record<string, AttributeValue>>;

/** A change in the stream of the event table. */
export const streamRecord = (item: CommitItem, position: number): DynamoDBRecord => ({
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/events/stream/2026-03-01T00:00:00.000',
  dynamodb: {
    // The Lambda types and the SDK describe the same wire form of an item.
    NewImage: item as NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>,
    SequenceNumber: String(position).padStart(21, '1'),
    StreamViewType: 'NEW_IMAGE',
  },
});

export const streamEvent = (records: readonly DynamoDBRecord[]): DynamoDBStreamEvent => ({
  Records: [...records],
});
