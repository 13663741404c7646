import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { holdEntryKey, holdKey, markerKey } from '../../../shared/consume/dynamo-dead-letters.ts';
import { updateOf, type Change, type LetterTable } from './letter-table.ts';
import { queueOf, standingLetters } from './read-letters.ts';

/** Nobody else redrives the key: it is free, its lease is over, or it is our own job's. */
const FREE = '(attribute_not_exists(leaseUntil) OR leaseUntil < :now OR leasedTo = :job)';

/** How often a transaction is tried that somebody else's got in the way of. */
const MAX_CONFLICTS = 5;

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

/** What a hold or a marker has to be for its removal: not moved since its version was read, and no other job's. */
const unmoved = ({ clock }: LetterTable, version: number, job: string) => ({
  ConditionExpression: `version = :version AND ${FREE}`,
  ExpressionAttributeValues: marshall({
    ':version': version,
    ':job': job,
    ':now': clock.now().toISOString(),
  }),
});

/** Removes a hold and its entry in the list of holds, neither without the other. */
const removeHold = async (
  table: LetterTable,
  consumerKey: string,
  version: number,
  job: string,
): Promise<boolean> => {
  const { client, tableName: TableName } = table;
  const TransactItems = [
    {
      Delete: { TableName, Key: marshall(holdKey(consumerKey)), ...unmoved(table, version, job) },
    },
    { Delete: { TableName, Key: marshall(holdEntryKey(consumerKey)) } },
  ];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      if (codes[0] === 'ConditionalCheckFailed') return false;
      // Somebody parks at this moment, or works on a letter: the version tells the next time.
      if (!codes.includes('TransactionConflict') || attempt === MAX_CONFLICTS) throw error;
    }
  }
};

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
  return removeHold(table, consumerKey, version, job);
};

/** Whether a consumer holds some key: from the list that is written with the holds, and as it is now. */
const hasHold = async ({ client, tableName }: LetterTable, consumer: string): Promise<boolean> => {
  const { consumerKey, position } = markerKey(consumer);
  const { Count } = await client.send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'consumerKey = :held AND #position > :marker',
      ExpressionAttributeNames: { '#position': 'position' },
      ExpressionAttributeValues: marshall({ ':held': consumerKey, ':marker': position }),
      Limit: 1,
    }),
  );
  return Count !== 0;
};

/**
 * Lifts the marker of a consumer that holds nothing, so that its batches cost one small read again. What is parked
 * behind our look at the list moves the marker's version after its hold stands: then the marker stays, or comes back.
 */
export const liftMarker = async (table: LetterTable, consumer: string): Promise<boolean> => {
  const { client, tableName } = table;
  const version = await versionOf(table, markerKey(consumer));
  if (version === undefined) return true;
  if (await hasHold(table, consumer)) return false;
  // Holds of the time before there was a list: their letters have long been in the index.
  for await (const { letters } of standingLetters(table, { consumer, status: 'parked' })) {
    if (letters.some(({ key }) => key !== null)) return false;
  }
  return whether(
    client.send(
      new DeleteItemCommand({
        TableName: tableName,
        Key: marshall(markerKey(consumer)),
        ...unmoved(table, version, ''),
      }),
    ),
  );
};
