import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  ResourceInUseException,
  waitUntilTableExists,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

/**
 * Creates a table for one test and answers its name. Keys are text, as in every table of the mesh.
 * @param keys partition key and, where there is one, sort key
 */
export const createTable = async (client: DynamoDBClient, ...keys: [string, string?]): Promise<string> => {
  const TableName = `test-${randomUUID()}`;
  const names = keys.flatMap((name) => name ?? []);
  await client
    .send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
      }),
    )
    .catch((error: unknown) => {
      // The SDK tried again after a time-out, and met its own table: nobody else has this name.
      if (!(error instanceof ResourceInUseException)) throw error;
    });
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  return TableName;
};
