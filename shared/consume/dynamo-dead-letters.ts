import { createHash } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { systemClock, type Clock } from '../define/clock.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';

const OFFSET_DIGITS = 20;
const LETTERS_IN_PARALLEL = 16;

/** DynamoDB takes 2 048 bytes of partition key and 400 KB of item; a Kafka record can have more of both. */
const MAX_KEY_CHARACTERS = 1_500;
const MAX_PART_CHARACTERS = 300_000;

const keyPart = (key: string): string =>
  key.length <= MAX_KEY_CHARACTERS ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;

const cut = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / MAX_PART_CHARACTERS) }, (_, i) =>
    text.slice(i * MAX_PART_CHARACTERS, (i + 1) * MAX_PART_CHARACTERS),
  );

/**
 * The `dead-letters` table: partition key `consumer|key` (all that is parked for a key is one query, in order),
 * sort key `topic|partition|offset`. A record too large for one item leaves `parts` in the place of key, value and
 * headers: their JSON text in that many items behind it, `…|00` and on.
 */
export const dynamoDeadLetters = (
  client: DynamoDBClient,
  tableName: string,
  clock: Clock = systemClock,
): DeadLetters => {
  const put = (item: Record<string, unknown>, ConditionExpression?: string): Promise<unknown> =>
    client.send(new PutItemCommand({ TableName: tableName, Item: marshall(item), ConditionExpression }));
  const park = async ({ key, value, headers, ...letter }: DeadLetter): Promise<void> => {
    const consumerKey = `${letter.consumer}|${keyPart(key ?? '')}`;
    const position = `${letter.topic}|${letter.partition}|${letter.offset.padStart(OFFSET_DIGITS, '0')}`;
    const parts = cut(JSON.stringify({ key, value, headers }));
    const record = parts.length === 1 ? { key, value, headers } : { parts: parts.length };
    if (parts.length > 1) {
      // Before the letter itself: one that stands is whole.
      await Promise.all(
        parts.map((part, i) =>
          put({ consumerKey, position: `${position}|${String(i).padStart(2, '0')}`, part }),
        ),
      );
    }
    const item = {
      ...letter,
      ...record,
      consumerKey,
      position,
      status: 'parked',
      parkedAt: clock.now().toISOString(),
    };
    try {
      await put(item, 'attribute_not_exists(consumerKey)');
    } catch (error) {
      // Delivered again after it was parked: the first letter stands, with what has been done to it since.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  return {
    park: async (letters) => {
      await pMap(letters, park, { concurrency: LETTERS_IN_PARALLEL });
    },
  };
};
