import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { systemClock, type Clock } from '../define/clock.ts';
import { PermanentError } from '../errors/mesh-error.ts';
import type { CustomerKeys, KeyRecord } from './customer-keys.ts';

/** Wrapped keys in a DynamoDB table keyed by `customerId`, one item a customer. No item is ever removed. */
export const dynamoCustomerKeys = (
  client: DynamoDBClient,
  tableName: string,
  clock: Pick<Clock, 'now'> = systemClock,
): CustomerKeys => {
  const find = async (customerId: string): Promise<KeyRecord | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: { customerId: { S: customerId } },
        ConsistentRead: true,
      }),
    );
    if (!Item) return undefined;
    const wrapped = Item['wrappedKey']?.B;
    return wrapped ? { status: 'kept', wrapped } : { status: 'destroyed' };
  };
  return {
    find,
    keep: async (customerId, wrapped) => {
      try {
        await client.send(
          new PutItemCommand({
            TableName: tableName,
            Item: {
              customerId: { S: customerId },
              wrappedKey: { B: wrapped },
              createdAt: { S: clock.now().toISOString() },
            },
            ConditionExpression: 'attribute_not_exists(customerId)',
          }),
        );
        return { status: 'kept', wrapped };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const standing = await find(customerId);
        if (standing) return standing;
        throw new PermanentError('customer-key-missing', `the key of ${customerId} was removed by hand`, {
          cause: error,
        });
      }
    },
    destroy: async (customerId) => {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { customerId: { S: customerId } },
          UpdateExpression: 'REMOVE wrappedKey SET destroyedAt = if_not_exists(destroyedAt, :now)',
          ExpressionAttributeValues: { ':now': { S: clock.now().toISOString() } },
        }),
      );
    },
  };
};
