import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { systemClock, type Clock } from '../define/clock.ts';
import { TransientError } from '../errors/mesh-error.ts';
import { advance, type Ledger, type LedgerPage, type LedgerSubject } from './ledger.ts';

const MAX_ATTEMPTS = 10;
const PARTITION_DIGITS = 5;

/** A page as it stands in the table. */
export interface StoredPage extends LedgerPage, LedgerSubject {
  readonly version: number;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** Sort key of a page: `topic|partition`, in the order of partitions. */
export const pageKey = (topic: string, partition: number): string =>
  `${topic}|${String(partition).padStart(PARTITION_DIGITS, '0')}`;

/**
 * The `ledger` table: partition key `consumer`, sort key `page`. A page is written whole on the condition that nobody
 * moved it. What this process wrote last is remembered, so that most batches need no read: one batch of a
 * partition is in flight at a time, and tends to come to the same process.
 */
export const dynamoLedger = (
  client: DynamoDBClient,
  tableName: string,
  clock: Clock = systemClock,
): Ledger => {
  const remembered = new Map<string, StoredPage>();

  const load = async (consumer: string, page: string): Promise<StoredPage | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: marshall({ consumer, page }),
        ConsistentRead: true,
      }),
    );
    // Only `save` writes it.
    return Item && (unmarshall(Item) as StoredPage);
  };

  /** @returns false when somebody else has moved the page */
  const save = async (stored: StoredPage, page: string): Promise<boolean> => {
    const from = stored.version - 1;
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: marshall({ ...stored, page }),
          ...(from === 0
            ? { ConditionExpression: 'attribute_not_exists(consumer)' }
            : {
                ConditionExpression: 'version = :from',
                ExpressionAttributeValues: { ':from': { N: String(from) } },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  return {
    enter: async (subject, entries) => {
      const page = pageKey(subject.topic, subject.partition);
      const name = `${subject.consumer}\n${page}`;
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const current = remembered.get(name) ?? (await load(subject.consumer, page));
        const next = advance(current, entries);
        if (!next) return;
        const stored: StoredPage = {
          ...next,
          ...subject,
          version: (current?.version ?? 0) + 1,
          updatedAt: clock.now().toISOString(),
        };
        if (await save(stored, page)) {
          remembered.set(name, stored);
          return;
        }
        remembered.delete(name);
      }
      throw new TransientError('contended-ledger', `other writers kept moving the page ${page}`);
    },
  };
};
