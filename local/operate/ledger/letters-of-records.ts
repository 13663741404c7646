import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetFunctionConfigurationCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Letter } from '../../../functions/mesh/dead-letters/letter.ts';
import { consumerKeyOf, positionOf } from '../../../shared/consume/dynamo-dead-letters.ts';
import type { KafkaRecord } from '../../../shared/consume/record.ts';

const KEYS_PER_READ = 100;
const READ_ATTEMPTS = 10;

/** The dead-letters table, as a deployed consumer knows it. */
export const deadLettersTable = async (lambda: LambdaClient, FunctionName: string): Promise<string> => {
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const table = Environment?.Variables?.['DEAD_LETTERS_TABLE'];
  if (!table) throw new Error(`${FunctionName} has no DEAD_LETTERS_TABLE: it is no consumer`);
  return table;
};

/** The letters that a consumer has of some records, in whatever state; none where it never set one aside. */
export const lettersOfRecords = async (
  client: DynamoDBClient,
  table: string,
  consumer: string,
  records: readonly KafkaRecord[],
): Promise<ReadonlyMap<KafkaRecord, Letter>> => {
  const letters = new Map<KafkaRecord, Letter>();
  const places = records.map((record) => ({
    record,
    consumerKey: consumerKeyOf(consumer, record.key ?? null),
    position: positionOf({ ...record, offset: String(record.offset) }),
  }));
  for (let i = 0; i < places.length; i += KEYS_PER_READ) {
    const chunk = places.slice(i, i + KEYS_PER_READ);
    const found = await readAll(
      client,
      table,
      chunk.map(({ consumerKey, position }) => ({ consumerKey, position })),
    );
    const byPlace = new Map(found.map((letter) => [`${letter.consumerKey}\n${letter.position}`, letter]));
    for (const { record, consumerKey, position } of chunk) {
      const letter = byPlace.get(`${consumerKey}\n${position}`);
      if (letter) letters.set(record, letter);
    }
  }
  return letters;
};

const readAll = async (
  client: DynamoDBClient,
  table: string,
  keys: readonly Record<string, string>[],
): Promise<Letter[]> => {
  const letters: Letter[] = [];
  let wanted = keys.map((key) => marshall(key));
  for (let attempt = 1; wanted.length > 0; attempt += 1) {
    if (attempt > READ_ATTEMPTS) throw new Error(`DynamoDB left letters of ${table} unread`);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: wanted, ConsistentRead: true } } }),
    );
    // Written by dynamoDeadLetters, and by the desk as letter.ts says.
    letters.push(...(Responses?.[table] ?? []).map((item) => unmarshall(item) as Letter));
    wanted = UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return letters;
};
