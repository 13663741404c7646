import type { DynamoDBClient, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Clock } from '../../../shared/define/clock.ts';

/** The `dead-letters` table, as the desk works with it. */
export interface LetterTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
}

/** Letters that are not settled yet, by consumer and time (functions/mesh/resources.yml). */
export const FOR_REVIEW = 'for-review';
/** Letters by their id. */
export const BY_LETTER = 'by-letter';

const DAY_S = 86_400;
/** How long what is over stays readable (C19). */
const KEPT_DAYS = 90;

/** When something that is over may go, in seconds since the epoch: DynamoDB's time to live. */
export const expiry = (now: Date): number => Math.floor(now.getTime() / 1_000) + KEPT_DAYS * DAY_S;

/** What an expression says of items, in plain values. */
export interface Change {
  readonly update: string;
  readonly condition?: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** An update as the SDK takes it, alone or in a transaction. */
export const updateOf = (
  { tableName }: LetterTable,
  key: { readonly consumerKey: string; readonly position: string },
  { update, condition, names, values }: Change,
): TransactWriteItem['Update'] & object => ({
  TableName: tableName,
  Key: marshall({ consumerKey: key.consumerKey, position: key.position }),
  UpdateExpression: update,
  ...(condition !== undefined && { ConditionExpression: condition }),
  ...(names && { ExpressionAttributeNames: names }),
  ...(values && { ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }) }),
});

/** What a letter has to be for somebody to act on it. */
export const STATUS = { '#status': 'status' };
