import {
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { MSKEvent, MSKRecord } from 'aws-lambda';
import { Deposited, Withdrawn } from '../../../shared/testing/account.ts';
import type { EventEnvelope } from '../../../shared/define/envelope.ts';
import type { Tables } from '../world/tables.ts';

const textOf = (base64: string): string => Buffer.from(base64, 'base64').toString();

const eventOf = ({ value }: MSKRecord): EventEnvelope | undefined => {
  try {
    // Its own producer's events; like the source documents it checks nothing.
    return JSON.parse(textOf(value)) as EventEnvelope;
  } catch {
    // As in the source documents: an error handler of its own deals with what does not decode.
    return undefined;
  }
};

const amountOf = (event: EventEnvelope): number =>
  Deposited.is(event) ? event.payload.amount : Withdrawn.is(event) ? -event.payload.amount : 0;

/**
 * The consumer of the source documents (C16): was this event processed? if not, process it, then mark it. Between any
 * two of the three it can die, and two deliveries can both pass the check. The explorer has to catch it.
 */
export const naiveConsumer =
  (client: DynamoDBClient, tables: Tables) =>
  async ({ records }: MSKEvent): Promise<{ batchItemFailures: [] }> => {
    for (const event of Object.values(records).flat().map(eventOf)) {
      if (event === undefined || amountOf(event) === 0) continue;
      const mark = marshall({ eventId: event.eventId });
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tables.marks, Key: mark, ConsistentRead: true }),
      );
      if (Item) continue;
      await client.send(
        new UpdateItemCommand({
          TableName: tables.views,
          Key: marshall({ groupKey: 'naive', itemKey: event.aggregateId }),
          UpdateExpression: 'SET movements = list_append(if_not_exists(movements, :none), :new)',
          ExpressionAttributeValues: marshall({ ':none': [], ':new': [amountOf(event)] }),
        }),
      );
      await client.send(new PutItemCommand({ TableName: tables.marks, Item: mark }));
    }
    return { batchItemFailures: [] };
  };
