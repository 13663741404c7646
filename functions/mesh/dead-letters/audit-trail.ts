import { QueryCommand, TransactWriteItemsCommand, type TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expiry, type LetterTable } from './letter-table.ts';

export type AuditedAction =
  | 'redrive-requested'
  | 'redrive-cancelled'
  | 'redrive-resumed'
  | 'redrive-ended'
  | 'correction-proposed'
  | 'correction-approved'
  | 'letter-discarded';

/** Who did what, when, why and to what (SEC-03, SEC-09). */
export interface AuditEntry {
  readonly auditId: string;
  /** RFC 3339. */
  readonly at: string;
  /** The `sub` of the operator's token; of an end, whoever asked for what has ended. */
  readonly by: string;
  readonly action: AuditedAction;
  /** A letter's id, or a redrive job's. */
  readonly target: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** All entries stand under one key, in the order of time; `!` stands before every consumer. */
export const AUDIT = '!audit';

const positionOf = ({ at, auditId }: AuditEntry): string => `${at}|${auditId}`;

/** The entry as a part of the transaction that does what it tells of: neither stands without the other. */
export const auditPut = (table: LetterTable, entry: AuditEntry): TransactWriteItem => ({
  Put: {
    TableName: table.tableName,
    Item: marshall(
      {
        ...entry,
        consumerKey: AUDIT,
        position: positionOf(entry),
        expiresAt: expiry(table.clock.now()),
      },
      { removeUndefinedValues: true },
    ),
  },
});

/** Enters what changes nothing in the table itself. */
export const writeAudit = async (table: LetterTable, entry: AuditEntry): Promise<void> => {
  await table.client.send(new TransactWriteItemsCommand({ TransactItems: [auditPut(table, entry)] }));
};

/** Entries, the newest first. @param after `next` of the page before */
export const listAudit = async (
  { client, tableName }: LetterTable,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly entries: readonly AuditEntry[]; readonly next?: string }> => {
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression:
        after === undefined ? 'consumerKey = :audit' : 'consumerKey = :audit AND #position < :after',
      ...(after !== undefined && { ExpressionAttributeNames: { '#position': 'position' } }),
      ExpressionAttributeValues: marshall({
        ':audit': AUDIT,
        ...(after !== undefined && { ':after': after }),
      }),
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  const entries = Items.map((item) => {
    // `auditPut` alone writes them.
    const {
      consumerKey: _,
      position: __,
      expiresAt: ___,
      ...entry
    } = unmarshall(item) as AuditEntry & Record<string, unknown>;
    return entry;
  });
  const last = entries.at(-1);
  return { entries, ...(LastEvaluatedKey && last && { next: positionOf(last) }) };
};
