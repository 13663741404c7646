import {
  DeleteItemCommand,
  PutItemCommand,
  ScanCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { StalledSaga, StalledSagas } from './stalled-sagas.ts';

/** Stalled sagas in a DynamoDB table keyed by `orderId`. It holds only those, so that a scan is the list. */
export const dynamoStalledSagas = (client: DynamoDBClient, tableName: string): StalledSagas => ({
  put: async (saga) => {
    const Item = { orderId: { S: saga.orderId }, saga: { S: JSON.stringify(saga) } };
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
  },
  remove: async (orderId) => {
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: { orderId: { S: orderId } } }));
  },
  list: async ({ limit, after }) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: tableName,
        ConsistentRead: true,
        Limit: limit,
        ...(after !== undefined && { ExclusiveStartKey: { orderId: { S: after } } }),
      }),
    );
    return {
      // Written only by `put` above.
      items: Items.map((item) => JSON.parse(item['saga']?.S ?? '') as StalledSaga),
      next: LastEvaluatedKey?.['orderId']?.S,
    };
  },
});
