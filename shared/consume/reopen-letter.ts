import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type Update,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/** A letter's item as `dynamoDeadLetters` writes it. */
export type LetterItem = Readonly<Record<string, unknown>>;

/** Sort key of a correction: behind its letter, as the parts of a large one. */
export const correctionPosition = ({ position }: { readonly position: string }, sha256: string): string =>
  `${position}|correction|${sha256}`;

const REDRIVEN = '#status = :redriven';
const STATUS = { '#status': 'status' };

/**
 * Makes ready that a redriven letter stands again: its record was set aside once more, for example since a consumer
 * group was set back over a view that is gone. The letter and its correction no longer expire.
 *
 * @param item what the letter would be, were it new
 * @returns the write that brings it back with its history, its correction and all attempts, on the condition that it
 *   is still redriven; undefined for a letter that stands anyway, or was discarded, which is final
 */
export const reopenLetter = async (
  client: DynamoDBClient,
  tableName: string,
  item: LetterItem,
): Promise<Update | undefined> => {
  const place = { consumerKey: String(item['consumerKey']), position: String(item['position']) };
  const letter = await unexpired(client, {
    TableName: tableName,
    Key: marshall(place),
    ConditionExpression: REDRIVEN,
    ExpressionAttributeNames: STATUS,
    ExpressionAttributeValues: marshall({ ':redriven': 'redriven' }),
  });
  if (!letter) return undefined;
  const sha256 = letter['correction']?.M?.['sha256']?.S;
  if (sha256 !== undefined)
    await unexpired(client, {
      TableName: tableName,
      Key: marshall({ ...place, position: correctionPosition(place, sha256) }),
      ConditionExpression: 'attribute_exists(consumerKey)',
    });
  const { status, functionName, cause, attempts, lastFailedAt, reviewFor, parkedAt } = item;
  return {
    TableName: tableName,
    Key: marshall(place),
    UpdateExpression: [
      'SET #status = :status, functionName = :functionName, cause = :cause, attempts = attempts + :attempts',
      'lastFailedAt = :lastFailedAt, reviewFor = :reviewFor, parkedAt = :parkedAt',
    ].join(', '),
    ConditionExpression: REDRIVEN,
    ExpressionAttributeNames: STATUS,
    ExpressionAttributeValues: marshall({
      ':redriven': 'redriven',
      ':status': status,
      ':functionName': functionName,
      ':cause': cause,
      ':attempts': attempts,
      ':lastFailedAt': lastFailedAt,
      ':reviewFor': reviewFor,
      ':parkedAt': parkedAt,
    }),
  };
};

/** Takes the time to live from an item. @returns the item; undefined when the condition does not hold */
const unexpired = async (
  client: DynamoDBClient,
  which: Omit<Update, 'UpdateExpression'>,
): Promise<Record<string, AttributeValue> | undefined> => {
  try {
    const { Attributes } = await client.send(
      new UpdateItemCommand({ ...which, UpdateExpression: 'REMOVE expiresAt', ReturnValues: 'ALL_NEW' }),
    );
    return Attributes;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
};
