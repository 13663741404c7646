import { randomUUID } from 'node:crypto';
import { CreateTableCommand, waitUntilTableExists, type DynamoDBClient } from '@aws-sdk/client-dynamodb';

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' as const });

/** A `dead-letters` table with its indexes, as functions/mesh/resources.yml has it; answers its name. */
export const createLetterTable = async (client: DynamoDBClient): Promise<string> => {
  const TableName = `letters-${randomUUID()}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['consumerKey', 'position', 'reviewFor', 'parkedAt', 'letterId'].map(text),
      KeySchema: [hash('consumerKey'), range('position')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'for-review',
          KeySchema: [hash('reviewFor'), range('parkedAt')],
          Projection: {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: [
              ...['letterId', 'consumer', 'functionName', 'topic', 'partition', 'offset', 'timestamp', 'key'],
              ...['cause', 'attempts', 'firstFailedAt', 'lastFailedAt', 'status', 'parts', 'correction'],
            ],
          },
        },
        {
          IndexName: 'by-letter',
          KeySchema: [hash('letterId')],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  return TableName;
};
