import {
  DeleteItemCommand,
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { consumerKeyOf, holdKey } from '../../../shared/consume/dynamo-dead-letters.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';
import { base64 } from '../../../shared/testing/msk-event.ts';
import { FUNCTION_TIMEOUT_MS, type Work } from './actor.ts';
import { consumerName } from '../promises/findings.ts';
import type { Process } from './process.ts';
import { consumerIn, type ConsumerFunction } from '../subjects/consumer-in.ts';
import type { World } from './world.ts';

interface ParkedLetter extends KafkaRecord {
  readonly position: string;
}

/**
 * An operator, once the bug is mended: redrives what is parked, key by key and in order, discards what can never be an
 * event, and lifts the hold of a key that nothing is parked for any more.
 */
export const redriving = (world: World): Work & { due: boolean } => {
  const work = {
    due: false,
    get ready(): boolean {
      return work.due;
    },
    begin: () => ({
      what: 'a redrive',
      withinMs: FUNCTION_TIMEOUT_MS,
      run: async (process: Process, deadline: number) => {
        const client = world.clientOf(process);
        const consumer = consumerIn(world.schedule.subject, process, client, world);
        let left = false;
        for (const id of world.accountIds)
          left = !(await redriveKey(world, client, consumer, base64(id), deadline)) || left;
        return () => {
          work.due = left;
          return left ? ('again' as const) : ('done' as const);
        };
      },
      failed: () => undefined,
    }),
  };
  return work;
};

/** @returns whether nothing is left of a key */
const redriveKey = async (
  world: World,
  client: DynamoDBClient,
  consumer: ConsumerFunction,
  key: string,
  deadline: number,
): Promise<boolean> => {
  const TableName = world.tables.deadLetters;
  const consumerKey = consumerKeyOf(consumerName(world), key);
  for (;;) {
    const { Item: hold } = await client.send(
      new GetItemCommand({ TableName, Key: marshall(holdKey(consumerKey)), ConsistentRead: true }),
    );
    const letters = await parkedOf(client, TableName, consumerKey);
    if (letters.length === 0)
      return hold === undefined || (await lift(client, TableName, consumerKey, hold['version']?.N));
    for (const { position, ...record } of letters) {
      const request = { redrive: 'apply', records: [record] } as const;
      const { outcomes } = await consumer.redrive(request, world.contextUntil(deadline));
      const { result, cause } = outcomes[0] ?? {};
      const hopeless = cause?.code === 'not-json';
      if (!hopeless && result !== 'applied' && result !== 'duplicate') return false;
      await client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ consumerKey, position }),
          UpdateExpression: 'SET #status = :status',
          ExpressionAttributeNames: { '#status': 'status' },
          ExpressionAttributeValues: marshall({ ':status': hopeless ? 'discarded' : 'redriven' }),
        }),
      );
    }
  }
};

/** On the condition that nothing was parked since no letter was found. */
const lift = async (
  client: DynamoDBClient,
  TableName: string,
  consumerKey: string,
  version = '0',
): Promise<true> => {
  await client.send(
    new DeleteItemCommand({
      TableName,
      Key: marshall(holdKey(consumerKey)),
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': { N: version } },
    }),
  );
  return true;
};

const parkedOf = async (
  client: DynamoDBClient,
  TableName: string,
  consumerKey: string,
): Promise<ParkedLetter[]> => {
  const found: ParkedLetter[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'consumerKey = :key',
      FilterExpression: '#status = :parked',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshall({ ':key': consumerKey, ':parked': 'parked' }),
    },
  );
  for await (const { Items = [] } of pages)
    for (const item of Items) {
      // A letter, as `letterOf` makes it.
      const { offset, ...letter } = unmarshall(item) as Omit<ParkedLetter, 'offset'> & { offset: string };
      found.push({ ...letter, offset: Number(offset) });
    }
  return found;
};
