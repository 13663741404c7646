import { createHash } from 'node:crypto';
import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { systemClock, type Clock } from '../define/clock.ts';
import { TransientError } from '../errors/mesh-error.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { reopenLetter, type LetterItem } from './reopen-letter.ts';

const OFFSET_DIGITS = 20;
const KEYS_IN_PARALLEL = 16;
const KEYS_PER_READ = 100;

/** DynamoDB takes 2 048 bytes of partition key and 400 KB of item; a Kafka record can have more of both. */
const MAX_KEY_CHARACTERS = 1_500;
const MAX_PART_CHARACTERS = 300_000;

/** A transaction holds 100 items and 4 MB; two of the items are the hold's (DynamoDB API, TransactWriteItems). */
const LETTERS_PER_TRANSACTION = 50;
const CHARACTERS_PER_TRANSACTION = 2_000_000;

/** Sort keys of what is no letter; `!` stands before every topic. */
const HOLD = '!hold';
const MARKER = '!marker';

const keyPart = (key: string): string =>
  key.length <= MAX_KEY_CHARACTERS ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;

/** Partition key under which everything of a consumer's key stands. @param key base64 */
export const consumerKeyOf = (consumer: string, key: string | null): string =>
  `${consumer}|${keyPart(key ?? '')}`;

/** Sort key of a letter. */
export const positionOf = ({
  topic,
  partition,
  offset,
}: Pick<DeadLetter, 'topic' | 'partition' | 'offset'>): string =>
  `${topic}|${partition}|${offset.padStart(OFFSET_DIGITS, '0')}`;

/** A letter's name in the mesh, and key of the index `by-letter`: consumer and coordinates. */
export const letterIdOf = ({
  consumer,
  topic,
  partition,
  offset,
}: Pick<DeadLetter, 'consumer' | 'topic' | 'partition' | 'offset'>): string =>
  [consumer, topic, partition, offset].join('~');

/** Key of the hold on a consumer's key. Its `version` moves with every letter that is parked there. */
export const holdKey = (consumerKey: string) => ({ consumerKey, position: HOLD });

/** Partition key of what there is to know about a consumer's holds: the marker, and behind it a list of them. */
const heldOf = (consumer: string): string => `!held|${consumer}`;

/** Key of the marker that says a consumer may have holds. Its `version` moves after every parking. */
export const markerKey = (consumer: string) => ({ consumerKey: heldOf(consumer), position: MARKER });

/** Key of a hold's entry in the list of its consumer's; the entry comes and goes with the hold. */
export const holdEntryKey = (consumerKey: string) => ({
  consumerKey: heldOf(consumerKey.slice(0, consumerKey.lastIndexOf('|'))),
  // A sort key takes half of what a partition key does.
  position: createHash('sha256').update(consumerKey).digest('hex'),
});

const VERSIONS_PER_MS = 1_000;

/** Moves a version on. One that was lifted and comes back begins above all it ever had, so that none repeats. */
const NEXT_VERSION = 'version = if_not_exists(version, :start) + :one';
const nextVersion = (now: Date) => ({ ':start': now.getTime() * VERSIONS_PER_MS, ':one': 1 });

const cut = (text: string): string[] =>
  Array.from({ length: Math.ceil(text.length / MAX_PART_CHARACTERS) }, (_, i) =>
    text.slice(i * MAX_PART_CHARACTERS, (i + 1) * MAX_PART_CHARACTERS),
  );

/** A letter on its way into the table. */
interface Entry {
  readonly item: LetterItem;
  readonly write: TransactWriteItem;
}

/**
 * The `dead-letters` table: partition key `consumer|key` (all that is parked for a key is one query), sort key
 * `topic|partition|offset`. A record too large for one item leaves `parts` in the place of key, value and
 * headers: their JSON text in that many items behind it, `…|00` and on.
 *
 * A held key has a `!hold` item, written in one transaction with its letters, so that parking behind it and
 * lifting it cannot miss each other: whoever lifts it does so on the condition that its version has not moved
 * since no letter was found. The marker is written after the letters and lifted the same way. Each hold has an entry
 * beside the marker, so that one consistent query tells whether a consumer holds anything, however full the table is.
 */
export const dynamoDeadLetters = (
  client: DynamoDBClient,
  tableName: string,
  clock: Clock = systemClock,
): DeadLetters => {
  /** The letter's item; the parts of a large one are written first, so that a letter that stands is whole. */
  const itemOf = async (
    { key, value, headers, ...letter }: DeadLetter,
    status: 'parked' | 'refused',
  ): Promise<LetterItem> => {
    const place = { consumerKey: consumerKeyOf(letter.consumer, key), position: positionOf(letter) };
    const parts = cut(JSON.stringify({ key, value, headers }));
    if (parts.length > 1) {
      await Promise.all(
        parts.map((part, i) =>
          client.send(
            new PutItemCommand({
              TableName: tableName,
              Item: marshall({
                ...place,
                position: `${place.position}|${String(i).padStart(2, '0')}`,
                part,
              }),
            }),
          ),
        ),
      );
    }
    return {
      ...letter,
      ...(parts.length > 1 ? { parts: parts.length } : { key, value, headers }),
      ...place,
      letterId: letterIdOf(letter),
      status,
      // Partition key of the index `for-review`: whatever has been settled leaves it.
      reviewFor: letter.consumer,
      parkedAt: clock.now().toISOString(),
    };
  };

  const putNew = (item: LetterItem): TransactWriteItem['Put'] & object => ({
    TableName: tableName,
    Item: marshall(item),
    ConditionExpression: 'attribute_not_exists(consumerKey)',
  });

  /** Runs a conditional write of a letter. @returns whether its condition held */
  const taken = async (write: Promise<unknown>): Promise<boolean> => {
    try {
      await write;
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };

  /** A letter that holds nothing. One that stands from before stays, with what has been done to it since. */
  const putAlone = async (item: LetterItem): Promise<void> => {
    if (await taken(client.send(new PutItemCommand(putNew(item))))) return;
    const again = await reopenLetter(client, tableName, item);
    if (again) await taken(client.send(new UpdateItemCommand(again)));
  };

  const moveHold = (consumerKey: string, mustStand: boolean): TransactWriteItem['Update'] & object => ({
    TableName: tableName,
    Key: marshall(holdKey(consumerKey)),
    UpdateExpression: `SET since = if_not_exists(since, :now), ${NEXT_VERSION}`,
    ExpressionAttributeValues: marshall({ ':now': clock.now().toISOString(), ...nextVersion(clock.now()) }),
    ...(mustStand ? { ConditionExpression: 'attribute_exists(consumerKey)' } : {}),
  });

  const listHold = (consumerKey: string): TransactWriteItem => ({
    Put: { TableName: tableName, Item: marshall({ ...holdEntryKey(consumerKey), heldKey: consumerKey }) },
  });

  /** Letters of one key and its hold, together. @returns false when the hold had to stand and does not */
  const parkTogether = async (
    consumerKey: string,
    items: readonly LetterItem[],
    mustStand: boolean,
  ): Promise<boolean> => {
    let left = items.map((item): Entry => ({ item, write: { Put: putNew(item) } }));
    while (left.length > 0) {
      try {
        await client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              { Update: moveHold(consumerKey, mustStand) },
              ...left.map(({ write }) => write),
              listHold(consumerKey),
            ],
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const [hold, ...letters] = (error.CancellationReasons ?? []).map(({ Code }) => Code);
        if (hold === 'ConditionalCheckFailed') return false;
        const known = new Set(left.filter((_, i) => letters[i] === 'ConditionalCheckFailed'));
        if (known.size === 0)
          throw new TransientError('parking-failed', `letters of ${consumerKey} were not taken`, {
            cause: error,
          });
        left = (
          await Promise.all(left.map(async (entry) => (known.has(entry) ? reopened(entry) : [entry])))
        ).flat();
      }
    }
    return true;
  };

  /** What there is to do about a letter that was there before. */
  const reopened = async ({ item }: Entry): Promise<Entry[]> => {
    const again = await reopenLetter(client, tableName, item);
    return again ? [{ item, write: { Update: again } }] : [];
  };

  const parkKey = async (letters: readonly DeadLetter[], mustStand: boolean): Promise<boolean> => {
    // A transaction may not name an item twice.
    const distinct = new Map(letters.map((letter) => [positionOf(letter), letter]));
    const items = await Promise.all([...distinct.values()].map((letter) => itemOf(letter, 'parked')));
    for (const portion of portions(items)) {
      if (!(await parkTogether(String(portion[0]?.['consumerKey']), portion, mustStand))) return false;
    }
    return true;
  };

  const mark = async (consumer: string): Promise<void> => {
    await client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: marshall(markerKey(consumer)),
        UpdateExpression: `SET ${NEXT_VERSION}`,
        ExpressionAttributeValues: marshall(nextVersion(clock.now())),
      }),
    );
  };

  const hasHolds = async (consumer: string): Promise<boolean> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: marshall(markerKey(consumer)), ConsistentRead: true }),
    );
    return Item !== undefined;
  };

  const standingHolds = async (consumerKeys: readonly string[]): Promise<string[]> => {
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [tableName]: {
            Keys: consumerKeys.map((consumerKey) => marshall(holdKey(consumerKey))),
            ConsistentRead: true,
          },
        },
      }),
    );
    if (Object.keys(UnprocessedKeys ?? {}).length > 0)
      throw new TransientError('unprocessed-keys', `DynamoDB left holds of ${tableName} unread`);
    return (Responses?.[tableName] ?? []).map((item) => item['consumerKey']?.S ?? '');
  };

  return {
    heldKeys: async (consumer, keys) => {
      if (keys.length === 0 || !(await hasHolds(consumer))) return new Set();
      const byConsumerKey = Map.groupBy(keys, (key) => consumerKeyOf(consumer, key));
      const wanted = [...byConsumerKey.keys()];
      const chunks = Array.from({ length: Math.ceil(wanted.length / KEYS_PER_READ) }, (_, i) =>
        wanted.slice(i * KEYS_PER_READ, (i + 1) * KEYS_PER_READ),
      );
      const holds = (await Promise.all(chunks.map(standingHolds))).flat();
      return new Set(holds.flatMap((consumerKey) => byConsumerKey.get(consumerKey) ?? []));
    },
    park: async (letters) => {
      const keyless = letters.filter(({ key }) => key === null);
      const keys = Map.groupBy(
        letters.filter(({ key }) => key !== null),
        ({ consumer, key }) => consumerKeyOf(consumer, key),
      );
      await pMap(keyless, async (letter) => putAlone(await itemOf(letter, 'parked')), {
        concurrency: KEYS_IN_PARALLEL,
      });
      await pMap(keys.values(), (ofKey) => parkKey(ofKey, false), { concurrency: KEYS_IN_PARALLEL });
      const consumers = new Set([...keys.values()].flat().map(({ consumer }) => consumer));
      await Promise.all([...consumers].map(mark));
    },
    parkBehind: (letters) => parkKey(letters, true),
    keepRefused: async (letters) => {
      await pMap(letters, async (letter) => putAlone(await itemOf(letter, 'refused')), {
        concurrency: KEYS_IN_PARALLEL,
      });
    },
  };
};

/** Cuts the items of a key into transactions, in order. */
const portions = (items: readonly LetterItem[]): LetterItem[][] => {
  const cuts: LetterItem[][] = [];
  let room = 0;
  for (const item of items) {
    const size = JSON.stringify(item).length;
    if (size > room || (cuts.at(-1)?.length ?? 0) >= LETTERS_PER_TRANSACTION) {
      cuts.push([]);
      room = CHARACTERS_PER_TRANSACTION;
    }
    cuts.at(-1)?.push(item);
    room -= size;
  }
  return cuts;
};
