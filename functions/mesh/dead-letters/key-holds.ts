import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  paginateScan,
  UpdateItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { holdKey, markerKey } from '../../../shared/consume/dynamo-dead-letters.ts';
import { updateOf, type Change, type LetterTable } from './letter-table.ts';
import { queueOf, standingLetters } from './read-letters.ts';

/** Nobody else redrives the key: it is free, its lease is over, or it is our own job's. */
const FREE = '(attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leasedTo = :job)';

/** Runs a conditional write. @returns false when the condition did not hold */
const whether = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};

const update = (table: LetterTable, key: ReturnType<typeof holdKey>, change: Change): Promise<boolean> =>
  whether(table.client.send(new UpdateItemCommand(updateOf(table, key, change))));

/**
 * Takes a key for a job, so that its letters are nobody else's until then. The job's own lease sees to it that
 * one worker has the job; a worker that takes a job over finds its keys taken by the job itself.
 * @param until RFC 3339; when whoever works now is certainly gone
 * @returns false when another job has the key
 */
export const leaseKey = (
  table: LetterTable,
  consumerKey: string,
  job: string,
  until: Date,
): Promise<boolean> =>
  update(table, holdKey(consumerKey), {
    update:
      'SET leasedTo = :job, leaseUntil = :until, since = if_not_exists(since, :now), version = if_not_exists(version, :start)',
    condition: FREE,
    values: {
      ':job': job,
      ':until': until.toISOString(),
      ':now': table.clock.now().toISOString(),
      // As `dynamoDeadLetters` begins, should the hold have been taken away by hand.
      ':start': table.clock.now().getTime() * 1_000,
    },
  });

/** Gives a key back. Nothing happens where it is not the job's any more. */
export const releaseKey = async (table: LetterTable, consumerKey: string, job: string): Promise<void> => {
  await update(table, holdKey(consumerKey), {
    update: 'REMOVE leasedTo, leaseUntil',
    condition: 'leasedTo = :job',
    values: { ':job': job },
  });
};

/** A part of a transaction that fails while a job has the key. */
export const notLeased = (table: LetterTable, consumerKey: string): TransactWriteItem => ({
  ConditionCheck: {
    TableName: table.tableName,
    Key: marshall(holdKey(consumerKey)),
    ConditionExpression: 'attribute_not_exists(leaseUntil) OR leaseUntil < :now',
    ExpressionAttributeValues: marshall({ ':now': table.clock.now().toISOString() }),
  },
});

const versionOf = async (
  { client, tableName }: LetterTable,
  key: ReturnType<typeof holdKey>,
): Promise<number | undefined> => {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: marshall(key), ConsistentRead: true }),
  );
  return Item && Number(Item['version']?.N ?? 0);
};

/** Removes a hold or a marker that has not moved since its version was read. */
const lift = (
  { client, tableName, clock }: LetterTable,
  key: ReturnType<typeof holdKey>,
  version: number,
  job: string,
): Promise<boolean> =>
  whether(
    client.send(
      new DeleteItemCommand({
        TableName: tableName,
        Key: marshall(key),
        ConditionExpression: `version = :version AND ${FREE}`,
        ExpressionAttributeValues: marshall({
          ':version': version,
          ':job': job,
          ':now': clock.now().toISOString(),
        }),
      }),
    ),
  );

/**
 * Lifts a key's hold when nothing is parked for it: records of the key run again. A record that is parked at the
 * same time moves the hold's version, and the hold stays.
 * @param job whose lease does not stand in the way
 * @returns whether nothing is held any more
 */
export const liftHold = async (table: LetterTable, consumerKey: string, job = ''): Promise<boolean> => {
  const version = await versionOf(table, holdKey(consumerKey));
  if (version === undefined) return true;
  const parked = await queueOf(table, consumerKey);
  if (parked.some(({ key }) => key !== null)) return false;
  return lift(table, holdKey(consumerKey), version, job);
};

/** Whether a consumer holds some key, certainly: the index may not know yet, so the table itself is read. */
const hasHold = async ({ client, tableName }: LetterTable, consumer: string): Promise<boolean> => {
  const pages = paginateScan(
    { client },
    {
      TableName: tableName,
      ConsistentRead: true,
      FilterExpression: '#position = :hold AND begins_with(consumerKey, :consumer)',
      ProjectionExpression: 'consumerKey',
      ExpressionAttributeNames: { '#position': 'position' },
      ExpressionAttributeValues: marshall({
        ':hold': holdKey('').position,
        ':consumer': `${consumer}|`,
      }),
    },
  );
  for await (const { Items = [] } of pages) if (Items.length > 0) return true;
  return false;
};

/**
 * Lifts the marker of a consumer that holds nothing, so that its batches cost one small read again. The table is
 * read for it only once the index, which costs little, knows of nothing parked.
 */
export const liftMarker = async (table: LetterTable, consumer: string): Promise<boolean> => {
  const version = await versionOf(table, markerKey(consumer));
  if (version === undefined) return true;
  for await (const { letters } of standingLetters(table, { consumer, status: 'parked' })) {
    if (letters.some(({ key }) => key !== null)) return false;
  }
  if (await hasHold(table, consumer)) return false;
  return lift(table, markerKey(consumer), version, '');
};
