import { GetItemCommand, PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemClock, type Clock } from '../../shared/define/clock.ts';
import type { DeliveryRequest, DeliveryRequests } from './delivery-requests.ts';

/** A saga lasts five minutes (SAG-04); a day lets late answers of the carrier still be told from unknown ones. */
const KEPT_FOR_S = 86_400;

/** Delivery requests in a DynamoDB table keyed by `deliveryId`, removed by its time to live (`expiresAt`). */
export const dynamoDeliveryRequests = (
  client: DynamoDBClient,
  tableName: string,
  clock: Clock = systemClock,
): DeliveryRequests => ({
  remember: async (request) => {
    const expiresAt = Math.floor(clock.now().getTime() / 1_000) + KEPT_FOR_S;
    await client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          deliveryId: { S: request.orderId },
          request: { S: JSON.stringify(request) },
          expiresAt: { N: String(expiresAt) },
        },
      }),
    );
  },
  find: async (orderId) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: { deliveryId: { S: orderId } }, ConsistentRead: true }),
    );
    const body = Item?.['request']?.S;
    // Written only by `remember` above.
    return body === undefined ? undefined : (JSON.parse(body) as DeliveryRequest);
  },
});
