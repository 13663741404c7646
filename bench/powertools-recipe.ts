import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, MSKEvent, MSKRecord } from 'aws-lambda';
import pMap from 'p-map';
import { ParcelRegistered, ParcelScanned } from './parcel.ts';
import type { EventEnvelope } from '../shared/define/envelope.ts';

const KEYS_AT_ONCE = 16;

/**
 * What a team writes without the mesh: each record made idempotent by its event's id with Powertools, and one
 * update of the view for each; keys in parallel, the records of a key in order. It neither checks schemas nor logs.
 */
export const powertoolsRecipe = (client: DynamoDBClient, views: string, idempotency: string) => {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'eventId', expiresAfterSeconds: 30 * 86_400 });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: idempotency, awsSdkV3Client: client });
  const project = async (event: EventEnvelope): Promise<void> => {
    await client.send(
      new UpdateItemCommand({
        TableName: views,
        Key: { parcelId: { S: event.aggregateId } },
        UpdateExpression: `SET lastSeen = :scan, updatedAt = :at ADD scans :one`,
        ExpressionAttributeValues: marshall({ ':scan': scanOf(event), ':at': event.occurredOn, ':one': 1 }),
      }),
    );
  };
  const once = makeIdempotent(project, { persistenceStore, config });
  const inOrder = async (records: readonly MSKRecord[]): Promise<void> => {
    // The mesh's own events, so they are what they say.
    for (const { value } of records)
      await once(JSON.parse(Buffer.from(value, 'base64').toString()) as EventEnvelope);
  };
  return async ({ records }: MSKEvent, context: Context): Promise<{ batchItemFailures: [] }> => {
    config.registerLambdaContext(context);
    const keys = Map.groupBy(Object.values(records).flat(), ({ key }) => key);
    await pMap(keys.values(), inOrder, { concurrency: KEYS_AT_ONCE });
    return { batchItemFailures: [] };
  };
};

const scanOf = (event: EventEnvelope) => {
  if (ParcelRegistered.is(event) || ParcelScanned.is(event)) return event.payload.scan;
  throw new Error(`unexpected ${event.eventType}`);
};
