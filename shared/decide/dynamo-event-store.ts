import {
  paginateQuery,
  paginateScan,
  PutItemCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  ConditionalCheckFailedException,
  TransactionConflictException,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { EventEnvelope } from '../define/envelope.ts';
import type { AggregateDefinition } from '../define/event.ts';
import { PermanentError, TransientError } from '../errors/mesh-error.ts';
import { checkCommit, VersionConflict, type Commit, type EventStore } from './event-store.ts';
import type { OwnedAggregates } from './owned-aggregates.ts';

type Item = Record<string, AttributeValue>;

/** Sort keys compare as text: ten digits keep sequences in order up to 10¹⁰ − 1. */
const SEQUENCE_DIGITS = 10;
const MAX_SEQUENCE = 10 ** SEQUENCE_DIGITS - 1;

const sortKey = (aggregate: AggregateDefinition, aggregateId: string, sequence: number): string =>
  `${aggregate.type}#${aggregateId}#${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;

/**
 * One item is one commit, keyed by its first sequence: whoever writes that key first wins, so contiguity needs
 * no head item, one aggregate's append is one plain write unit per KB, and the stream (the outbox) carries the
 * events of a commit together and in order (ADR 2).
 */
const toItem = ({ aggregate, aggregateId, commandId, events }: Commit): Item => {
  const sequence = events[0]?.sequence ?? 0;
  return {
    orderingKey: { S: aggregate.orderingKey(aggregateId) },
    commit: { S: sortKey(aggregate, aggregateId, sequence) },
    commandId: { S: commandId },
    events: { S: JSON.stringify(events) },
  };
};

/**
 * The events of an item of an event table, or of its stream's image.
 * @throws PermanentError `not-a-commit` when something else was written there
 */
export const eventsOfItem = (item: Item | undefined): readonly EventEnvelope[] => {
  const body = item?.['events']?.S;
  if (body === undefined)
    throw new PermanentError('not-a-commit', 'an item of the event table holds no events');
  // Written only by `toItem` above, and immutable since.
  return JSON.parse(body) as EventEnvelope[];
};

/** The event table of a context in DynamoDB. */
export const dynamoEventStore = (client: DynamoDBClient, tableName: string): EventStore => {
  const put = (commit: Commit) => ({
    TableName: tableName,
    Item: toItem(commit),
    ConditionExpression: 'attribute_not_exists(orderingKey)',
  });
  const query = async (aggregate: AggregateDefinition, aggregateId: string, after = 0): Promise<Item[]> => {
    const items: Item[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'orderingKey = :key AND #commit BETWEEN :first AND :last',
        ExpressionAttributeNames: { '#commit': 'commit' },
        ExpressionAttributeValues: {
          ':key': { S: aggregate.orderingKey(aggregateId) },
          ':first': { S: sortKey(aggregate, aggregateId, after + 1) },
          ':last': { S: sortKey(aggregate, aggregateId, MAX_SEQUENCE) },
        },
      },
    );
    for await (const page of pages) items.push(...(page.Items ?? []));
    return items;
  };
  return {
    load: async (aggregate, aggregateId, after) =>
      (await query(aggregate, aggregateId, after)).map((item) => ({
        commandId: item['commandId']?.S ?? '',
        events: eventsOfItem(item),
      })),
    append: async (commits) => {
      commits.forEach(checkCommit);
      const [only, ...others] = commits;
      if (!only) return;
      try {
        await (others.length === 0
          ? client.send(new PutItemCommand(put(only)))
          : client.send(
              new TransactWriteItemsCommand({
                TransactItems: commits.map((commit) => ({ Put: put(commit) })),
              }),
            ));
      } catch (error) {
        throw conflictOf(error, commits) ?? error;
      }
    },
    readFrom: async (aggregate, aggregateId, from) =>
      (await query(aggregate, aggregateId))
        .flatMap(eventsOfItem)
        .filter(({ occurredOn }) => occurredOn >= from),
    // A scan walks one partition key after the other, each in sort-key order: aggregates come in sequence.
    readAll: async function* () {
      for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true })) {
        for (const item of page.Items ?? []) yield* eventsOfItem(item);
      }
    },
  };
};

/** The aggregates of an owner, by the keys of its partition; their events are not carried here. */
export const dynamoOwnedAggregates = (client: DynamoDBClient, tableName: string): OwnedAggregates => ({
  idsWithin: async (aggregate, owner, { from, to, limit }) => {
    const prefix = `${aggregate.type}#`;
    const ids = new Set<string>();
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: 'orderingKey = :owner AND #commit BETWEEN :from AND :to',
        ProjectionExpression: '#commit',
        ExpressionAttributeNames: { '#commit': 'commit' },
        ExpressionAttributeValues: {
          ':owner': { S: owner },
          ':from': { S: prefix + from },
          ':to': { S: prefix + to },
        },
      },
    );
    for await (const page of pages) {
      for (const { commit } of page.Items ?? []) {
        const id = commit?.S?.slice(prefix.length, -SEQUENCE_DIGITS - 1) ?? '';
        // BETWEEN takes its end in, and a commit's key is longer than the id in it.
        if (id >= to) continue;
        ids.add(id);
        if (ids.size > limit) return [...ids].slice(0, limit);
      }
    }
    return [...ids];
  },
});

const conflictOf = (error: unknown, commits: readonly Commit[]): Error | undefined => {
  const ids = commits.map(({ aggregateId }) => aggregateId);
  if (error instanceof ConditionalCheckFailedException || error instanceof TransactionConflictException) {
    return new VersionConflict(ids, { cause: error });
  }
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
  return codes.some((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict')
    ? new VersionConflict(
        ids.filter((_, i) => codes[i] !== 'None'),
        { cause: error },
      )
    : new TransientError('transaction-cancelled', `DynamoDB cancelled the transaction: ${codes.join(', ')}`, {
        cause: error,
      });
};
