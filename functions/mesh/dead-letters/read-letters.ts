import {
  GetItemCommand,
  paginateQuery,
  QueryCommand,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { z } from 'zod';
import { correctionPosition } from '../../../shared/consume/reopen-letter.ts';
import { SchemaViolation } from '../../../shared/errors/mesh-error.ts';
import type { Letter, WholeLetter } from './letter.ts';
import { chooses, parkedBetween, type LetterFilter } from './letter-filter.ts';
import { BY_LETTER, FOR_REVIEW, type LetterTable } from './letter-table.ts';
import { inQueueOrder } from './queue-order.ts';

type Item = Record<string, AttributeValue>;

/** All of a letter but its bytes, and the stack, which is longer than the rest. */
const LIGHT = [
  'letterId, consumerKey, #position, consumer, functionName, #topic, #partition, #offset, #timestamp, #key',
  'cause.#name, cause.code, cause.message, attempts, firstFailedAt, lastFailedAt, parkedAt, #status',
  '#parts, correction',
].join(', ');
const LIGHT_NAMES = Object.fromEntries(
  ['position', 'topic', 'partition', 'offset', 'timestamp', 'key', 'name', 'status', 'parts'].map((name) => [
    `#${name}`,
    name,
  ]),
);

// Letters are written by dynamoDeadLetters alone, and the desk adds what letter.ts says.
const letterOf = (item: Item): Letter => unmarshall(item) as Letter;

/** A letter's place in the index. */
type Place = Pick<Letter, 'consumerKey' | 'position' | 'consumer' | 'parkedAt'>;

const indexKeyOf = ({ consumerKey, position, consumer, parkedAt }: Place): Item =>
  marshall({ consumerKey, position, reviewFor: consumer, parkedAt });

/** Reads letters that are not settled, page by page, oldest first within a consumer. */
export async function* standingLetters(
  { client, tableName, clock }: LetterTable,
  filter: LetterFilter,
  start?: Place,
): AsyncGenerator<{ readonly letters: readonly Letter[]; readonly more: boolean }> {
  const now = clock.now();
  const isChosen = chooses(filter, now);
  const { consumer } = filter;
  const { from = '0', to = '~' } = parkedBetween(filter, now);
  // Ages move on while somebody turns pages, and a query must not start outside of its range.
  const earliest = start && start.parkedAt < from ? start.parkedAt : from;
  let after = start && indexKeyOf(start);
  do {
    const request = {
      TableName: tableName,
      IndexName: FOR_REVIEW,
      ExclusiveStartKey: after,
      ProjectionExpression: LIGHT,
      ExpressionAttributeNames: LIGHT_NAMES,
    };
    const { Items = [], LastEvaluatedKey } = await (consumer === undefined
      ? client.send(new ScanCommand(request))
      : client.send(
          new QueryCommand({
            ...request,
            KeyConditionExpression: 'reviewFor = :consumer AND parkedAt BETWEEN :from AND :to',
            ExpressionAttributeValues: marshall({ ':consumer': consumer, ':from': earliest, ':to': to }),
          }),
        ));
    after = LastEvaluatedKey;
    yield { letters: Items.map(letterOf).filter(isChosen), more: after !== undefined };
  } while (after);
}

const nextOf = ({ consumerKey, position, consumer, parkedAt }: Letter): string =>
  Buffer.from(JSON.stringify({ consumerKey, position, consumer, parkedAt })).toString('base64url');

const placeSchema = z.strictObject({
  consumerKey: z.string().min(1),
  position: z.string().min(1),
  consumer: z.string().min(1),
  parkedAt: z.string().min(1),
});

/** @throws SchemaViolation naming the query parameter `after` */
const placeOf = (next: string, { consumer }: LetterFilter): Place => {
  try {
    const place = placeSchema.parse(JSON.parse(Buffer.from(next, 'base64url').toString()));
    if (consumer === undefined || place.consumer === consumer) return place;
  } catch {
    // Neither JSON nor a place: it is refused below, as one of another list is.
  }
  throw new SchemaViolation('query', [{ path: 'after', message: 'must be `next` of the page before' }]);
};

/** One page of what is not settled, in the order of time. `next` is where the next begins. */
export const listLetters = async (
  table: LetterTable,
  filter: LetterFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly letters: readonly Letter[]; readonly next?: string }> => {
  const found: Letter[] = [];
  const start = after === undefined ? undefined : placeOf(after, filter);
  for await (const { letters, more } of standingLetters(table, filter, start)) {
    found.push(...letters);
    const last = found[limit - 1];
    if (last && (found.length > limit || more))
      return { letters: inTime(found.slice(0, limit)), next: nextOf(last) };
  }
  return { letters: inTime(found) };
};

/** The index leaves open in which order letters of one instant come. */
const inTime = (letters: readonly Letter[]): readonly Letter[] => {
  const placeInTime = ({ parkedAt, position }: Letter): string => `${parkedAt}|${position}`;
  return letters.toSorted((a, b) => (placeInTime(a) < placeInTime(b) ? -1 : 1));
};

/** A letter with its bytes, in whatever state; undefined for one that never was, or is long gone. */
export const findLetter = async (table: LetterTable, letterId: string): Promise<WholeLetter | undefined> => {
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.tableName,
      IndexName: BY_LETTER,
      KeyConditionExpression: 'letterId = :id',
      ExpressionAttributeValues: marshall({ ':id': letterId }),
    }),
  );
  const [item] = Items;
  return item && wholeLetter(table, unmarshall(item) as Letter);
};

/** The letter as it stands now, its parts joined. */
export const wholeLetter = async (
  { client, tableName }: LetterTable,
  { consumerKey, position }: Pick<Letter, 'consumerKey' | 'position'>,
): Promise<WholeLetter | undefined> => {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: tableName,
      Key: marshall({ consumerKey, position }),
      ConsistentRead: true,
    }),
  );
  if (!Item) return undefined;
  const letter = letterOf(Item);
  // One without parts has its bytes in itself.
  if (letter.parts === undefined) return letter as WholeLetter;
  let text = '';
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'consumerKey = :key AND begins_with(#position, :parts)',
      FilterExpression: 'attribute_exists(part)',
      ExpressionAttributeNames: { '#position': 'position' },
      ExpressionAttributeValues: marshall({ ':key': consumerKey, ':parts': `${position}|` }),
    },
  );
  for await (const { Items = [] } of pages) for (const part of Items) text += part['part']?.S ?? '';
  // What `dynamoDeadLetters` cut up.
  const bytes = JSON.parse(text) as Pick<WholeLetter, 'key' | 'value' | 'headers'>;
  return { ...letter, ...bytes };
};

/** What is parked for a consumer's key, in the order of its redrive. As it is now: everything parked is found. */
export const queueOf = async (
  { client, tableName }: LetterTable,
  consumerKey: string,
): Promise<readonly Letter[]> => {
  const letters: Letter[] = [];
  const pages = paginateQuery(
    { client },
    {
      TableName: tableName,
      ConsistentRead: true,
      KeyConditionExpression: 'consumerKey = :key',
      FilterExpression: '#status = :parked',
      ProjectionExpression: LIGHT,
      ExpressionAttributeNames: LIGHT_NAMES,
      ExpressionAttributeValues: marshall({ ':key': consumerKey, ':parked': 'parked' }),
    },
  );
  for await (const { Items = [] } of pages) letters.push(...Items.map(letterOf));
  return inQueueOrder(letters);
};

/** A correction's value, base64. */
export const correctionValue = async (
  { client, tableName }: LetterTable,
  letter: Letter,
  sha256: string,
): Promise<string | undefined> => {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: tableName,
      Key: marshall({ consumerKey: letter.consumerKey, position: correctionPosition(letter, sha256) }),
      ConsistentRead: true,
    }),
  );
  return Item?.['correctedValue']?.S;
};
