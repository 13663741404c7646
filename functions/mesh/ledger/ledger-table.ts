import {
  BatchGetItemCommand,
  paginateQuery,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import pMap from 'p-map';
import { z } from 'zod';
import { pageKey, type StoredPage } from '../../../shared/consume/dynamo-ledger.ts';
import { SchemaViolation, TransientError } from '../../../shared/errors/mesh-error.ts';
import { FOR_REVIEW } from '../dead-letters/letter-table.ts';
import type { KeptAudit, StandingLetters } from './ledger-row.ts';
import type { PageAudit } from './page-audit.ts';

export interface LedgerTables {
  readonly client: DynamoDBClient;
  readonly ledger: string;
  readonly deadLetters: string;
}

export interface PageFilter {
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
}

/** An audit stands beside its page, where its consumer does not overwrite it; `!` stands before every topic. */
const auditKey = (consumer: string, page: string) => ({ consumer, page: `!audit|${page}` });

const placeSchema = z.strictObject({ consumer: z.string().min(1), page: z.string().min(1) });

const startOf = (after: string, consumer: string | undefined): Record<string, AttributeValue> => {
  try {
    const place = placeSchema.parse(JSON.parse(Buffer.from(after, 'base64url').toString()));
    if (consumer === undefined || place.consumer === consumer) return marshall(place);
  } catch {
    // Neither JSON nor a place: it is refused below, as one of another list is.
  }
  throw new SchemaViolation('query', [{ path: 'after', message: 'must be `next` of the page before' }]);
};

/** One page of the ledger's pages; those of a consumer in the order of topic and partition. */
export const listPages = async (
  { client, ledger }: LedgerTables,
  { consumer, topic }: PageFilter,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<{ readonly pages: readonly StoredPage[]; readonly next?: string }> => {
  const pages: StoredPage[] = [];
  let start = after === undefined ? undefined : startOf(after, consumer);
  do {
    const request = { TableName: ledger, ExclusiveStartKey: start, Limit: limit - pages.length };
    const topicPages = topic === undefined ? undefined : `${topic}|`;
    const { Items = [], LastEvaluatedKey } = await (consumer === undefined
      ? client.send(
          new ScanCommand({
            ...request,
            FilterExpression:
              topicPages === undefined ? 'page > :audits' : 'page > :audits AND begins_with(page, :topic)',
            ExpressionAttributeValues: marshall(
              { ':audits': '"', ':topic': topicPages },
              { removeUndefinedValues: true },
            ),
          }),
        )
      : client.send(
          new QueryCommand({
            ...request,
            KeyConditionExpression: `consumer = :consumer AND ${topicPages === undefined ? 'page > :from' : 'begins_with(page, :from)'}`,
            ExpressionAttributeValues: marshall({ ':consumer': consumer, ':from': topicPages ?? '"' }),
          }),
        ));
    // Only the ledger writes what does not begin with `!`.
    pages.push(...Items.map((item) => unmarshall(item) as StoredPage));
    start = LastEvaluatedKey;
  } while (start && pages.length < limit);
  if (!start) return { pages };
  const next = Buffer.from(JSON.stringify(unmarshall(start))).toString('base64url');
  return { pages, next };
};

/** The last audit of each of some pages, by consumer and page. */
export const auditsOf = async (
  { client, ledger }: LedgerTables,
  pages: readonly StoredPage[],
): Promise<(page: StoredPage) => KeptAudit | undefined> => {
  if (pages.length === 0) return () => undefined;
  const keyOf = ({ consumer, topic, partition }: StoredPage) => auditKey(consumer, pageKey(topic, partition));
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({
      RequestItems: { [ledger]: { Keys: pages.map((page) => marshall(keyOf(page))) } },
    }),
  );
  if (Object.keys(UnprocessedKeys ?? {}).length > 0)
    throw new TransientError('unprocessed-keys', `DynamoDB left audits of ${ledger} unread`);
  const found = new Map(
    (Responses?.[ledger] ?? []).map((item) => {
      // `keepAudits` writes them.
      const { consumer, page, ...audit } = unmarshall(item) as KeptAudit & ReturnType<typeof auditKey>;
      return [JSON.stringify([consumer, page]), audit];
    }),
  );
  return (page) => {
    const key = keyOf(page);
    return found.get(JSON.stringify([key.consumer, key.page]));
  };
};

const WRITES_IN_PARALLEL = 8;

/** Keeps audits in the place of those before. @param by the `sub` of whoever hands them in */
export const keepAudits = async (
  { client, ledger }: LedgerTables,
  audits: readonly PageAudit[],
  by: string,
): Promise<void> => {
  await pMap(
    audits,
    ({ consumer, topic, partition, ...audit }) =>
      client.send(
        new PutItemCommand({
          TableName: ledger,
          Item: marshall({ ...audit, by, ...auditKey(consumer, pageKey(topic, partition)) }),
        }),
      ),
    { concurrency: WRITES_IN_PARALLEL },
  );
};

/** How many letters of a consumer nobody has settled yet, by topic and partition. */
export const standingOf = async (
  { client, deadLetters }: LedgerTables,
  consumer: string,
): Promise<(topic: string, partition: number) => StandingLetters> => {
  const counts = new Map<string, { parked: number; refused: number }>();
  const pages = paginateQuery(
    { client },
    {
      TableName: deadLetters,
      IndexName: FOR_REVIEW,
      KeyConditionExpression: 'reviewFor = :consumer',
      ProjectionExpression: '#topic, #partition, #status',
      ExpressionAttributeNames: { '#topic': 'topic', '#partition': 'partition', '#status': 'status' },
      ExpressionAttributeValues: marshall({ ':consumer': consumer }),
    },
  );
  for await (const { Items = [] } of pages) {
    for (const { topic, partition, status } of Items) {
      const page = pageKey(topic?.S ?? '', Number(partition?.N));
      const before = counts.get(page) ?? { parked: 0, refused: 0 };
      const kind = status?.S === 'refused' ? 'refused' : 'parked';
      counts.set(page, { ...before, [kind]: before[kind] + 1 });
    }
  }
  return (topic, partition) => counts.get(pageKey(topic, partition)) ?? { parked: 0, refused: 0 };
};
