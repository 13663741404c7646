import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  QueryCommand,
  type AttributeValue,
  type BatchStatementResponse,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { PermanentError, TransientError } from '../errors/mesh-error.ts';
import type { DocumentKey } from './projection.ts';
import type {
  DocumentChange,
  ListOptions,
  Page,
  ProjectionStore,
  StoredDocument,
  WriteResult,
} from './projection-store.ts';

type Item = Record<string, AttributeValue>;

/** Limits of BatchGetItem and BatchExecuteStatement (DynamoDB API Reference). */
const KEYS_PER_READ = 100;
const STATEMENTS_PER_WRITE = 25;
const REQUESTS_IN_PARALLEL = 8;
const READ_ATTEMPTS = 5;

/** Answers of a conditional statement which say that another writer was first. */
const CONFLICTS = new Set(['ConditionalCheckFailed', 'DuplicateItem', 'TransactionConflict']);

const chunks = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

const groupKey = (view: string, group: string): string => `${view}#${group}`;

const itemKey = (view: string, { group, item }: DocumentKey): Item => ({
  groupKey: { S: groupKey(view, group) },
  itemKey: { S: item },
});

const keyText = (item: Item): string => `${item['groupKey']?.S ?? ''}\n${item['itemKey']?.S ?? ''}`;

/**
 * The documents of a context's projections in one DynamoDB table: `groupKey` (`<view>#<group>`), `itemKey`. A
 * document is kept as JSON text: every value and the order of its fields come back as they were, and nothing
 * in it can make DynamoDB refuse the whole batch, as an empty field name in a map would.
 */
export const dynamoProjectionStore = (client: DynamoDBClient, tableName: string): ProjectionStore => {
  const readChunk = async (keys: Item[]): Promise<Item[]> => {
    const found: Item[] = [];
    let wanted = keys;
    for (let attempt = 1; wanted.length > 0; attempt += 1) {
      if (attempt > READ_ATTEMPTS) {
        throw new TransientError(
          'unprocessed-keys',
          `DynamoDB left ${wanted.length} keys of ${tableName} unread`,
        );
      }
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } }),
      );
      found.push(...(Responses?.[tableName] ?? []));
      wanted = UnprocessedKeys?.[tableName]?.Keys ?? [];
    }
    return found;
  };

  const insert = `INSERT INTO "${tableName}" VALUE {'groupKey': ?, 'itemKey': ?, 'watermark': ?, 'doc': ?}`;
  const update = `UPDATE "${tableName}" SET watermark = ? SET doc = ? WHERE groupKey = ? AND itemKey = ? AND watermark = ?`;
  const statement = <Doc>(view: string, { key, doc, watermark, from }: DocumentChange<Doc>) => {
    const keys = [{ S: groupKey(view, key.group) }, { S: key.item }];
    const values = [{ S: watermark }, { S: JSON.stringify(doc) }];
    return from === undefined
      ? { Statement: insert, Parameters: [...keys, ...values] }
      : { Statement: update, Parameters: [...values, ...keys, { S: from }] };
  };

  return {
    read: async <Doc>(view: string, keys: readonly DocumentKey[]) => {
      const asked = keys.map((key) => itemKey(view, key));
      // BatchGetItem refuses a key that is asked for twice.
      const distinct = [...new Map(asked.map((key) => [keyText(key), key])).values()];
      const parts = await pMap(chunks(distinct, KEYS_PER_READ), readChunk, {
        concurrency: REQUESTS_IN_PARALLEL,
      });
      const found = new Map(parts.flat().map((item) => [keyText(item), item]));
      return asked.map((key) => {
        const item = found.get(keyText(key));
        return item && storedDocument<Doc>(item);
      });
    },
    write: async (view, changes) => {
      const parts = await pMap(
        chunks(changes, STATEMENTS_PER_WRITE),
        async (chunk) => {
          const Statements = chunk.map((change) => statement(view, change));
          const { Responses } = await client.send(new BatchExecuteStatementCommand({ Statements }));
          return chunk.map((_, i) => writeResult(Responses?.[i], tableName));
        },
        { concurrency: REQUESTS_IN_PARALLEL },
      );
      return parts.flat();
    },
    list: async <Doc>(
      view: string,
      group: string,
      { limit, after, newestFirst }: ListOptions,
    ): Promise<Page<Doc>> => {
      const { Items, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'groupKey = :group',
          ExpressionAttributeValues: { ':group': { S: groupKey(view, group) } },
          ScanIndexForward: !newestFirst,
          // One more than wanted tells whether there is a next page: DynamoDB itself only knows that it stopped.
          Limit: limit + 1,
          ...(after !== undefined && { ExclusiveStartKey: itemKey(view, { group, item: after }) }),
        }),
      );
      const page = (Items ?? []).slice(0, limit);
      const last = page.length < (Items ?? []).length ? page.at(-1) : LastEvaluatedKey;
      return {
        items: page.map((item) => storedDocument<Doc>(item).doc),
        next: last?.['itemKey']?.S,
      };
    },
  };
};

/** DynamoDB's limits: "Service, account, and table quotas", partition key, sort key and item size. */
const MAX_PARTITION_KEY_BYTES = 2_048;
const MAX_SORT_KEY_BYTES = 1_024;
const MAX_ITEM_BYTES = 409_600;

const bytes = (text: string): number => Buffer.byteLength(text);

/** Why DynamoDB would refuse a change whatever stands in the table; undefined when it would take it. */
export const refusalOf = (
  view: string,
  { key, doc, watermark }: DocumentChange<unknown>,
): PermanentError | undefined => {
  const item = {
    groupKey: groupKey(view, key.group),
    itemKey: key.item,
    watermark,
    doc: JSON.stringify(doc),
  };
  // An item weighs its names and values ("DynamoDB item sizes and formats").
  const weight = Object.entries(item).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0);
  const tooLong = bytes(item.groupKey) > MAX_PARTITION_KEY_BYTES || bytes(item.itemKey) > MAX_SORT_KEY_BYTES;
  // DynamoDB takes no empty key either.
  return tooLong || weight > MAX_ITEM_BYTES || item.itemKey === ''
    ? new PermanentError('document-refused', `${view}: a key or document that DynamoDB does not take`)
    : undefined;
};

const storedDocument = <Doc>(item: Item): StoredDocument<Doc> => ({
  // Written by the projection that reads it: the same `view` means the same Doc.
  doc: JSON.parse(item['doc']?.S ?? 'null') as Doc,
  watermark: item['watermark']?.S ?? '',
});

const writeResult = (response: BatchStatementResponse | undefined, tableName: string): WriteResult => {
  const { Code, Message = '' } = response?.Error ?? {};
  if (Code === undefined) return 'written';
  if (CONFLICTS.has(Code)) return 'conflict';
  // A document over 400 KB or a key too long fails alone, and on every delivery.
  return Code === 'ValidationError'
    ? new PermanentError('document-refused', `${tableName}: ${Message}`)
    : new TransientError('write-failed', `${tableName}: ${Code} ${Message}`);
};
