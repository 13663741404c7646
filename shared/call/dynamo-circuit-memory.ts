import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { CircuitMemory, CircuitRecord } from './circuit-memory.ts';

/** Circuits in a DynamoDB table keyed by `provider`: all instances of a context's functions share them. */
export const dynamoCircuitMemory = (
  client: DynamoDBClient,
  tableName: string,
  provider: string,
): CircuitMemory => ({
  load: async () => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { provider: { S: provider } }, ConsistentRead: true }),
    );
    const body = Item?.['record']?.S;
    return body === undefined
      ? undefined
      : // Written only by `save` below.
        { record: JSON.parse(body) as CircuitRecord, revision: Number(Item?.['revision']?.N) };
  },
  save: async (record, revision) => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: {
            provider: { S: provider },
            revision: { N: String(revision + 1) },
            record: { S: JSON.stringify(record) },
          },
          ConditionExpression: 'attribute_not_exists(provider) OR revision = :revision',
          ExpressionAttributeValues: { ':revision': { N: String(revision) } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  },
});
