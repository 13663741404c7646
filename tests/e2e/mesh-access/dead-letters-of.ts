import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { paginateQuery } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Endpoints } from '../../../local/mesh/endpoints.ts';
import type { DeadLetter } from '../../../shared/consume/dead-letters.ts';
import { dynamoClient } from '../../../shared/aws/dynamo-client.ts';

export type ParkedRecord = DeadLetter & { readonly status: string; readonly parkedAt: string };

/** The dead-letters table, as an operator finds it: by what a deployed consumer has in its environment. */
export const deadLettersTableOf = async ({ aws, region, stage }: Endpoints): Promise<string> => {
  const lambda = new LambdaClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Environment } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: `event-mesh-${stage}-order-project-summary` }),
  );
  const table = Environment?.Variables?.['DEAD_LETTERS_TABLE'];
  if (!table) throw new Error('order-project-summary has no dead-letters table');
  return table;
};

/** Looks up what a consumer has parked of a key, in order. The key is the record's, null where it has none. */
export const deadLettersOf = async (
  endpoints: Endpoints,
): Promise<(consumer: string, key: Buffer | null) => Promise<readonly ParkedRecord[]>> => {
  const client = dynamoClient(endpoints.aws);
  const TableName = await deadLettersTableOf(endpoints);
  return async (consumer, key) => {
    const letters: ParkedRecord[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'consumerKey = :key',
        ExpressionAttributeValues: { ':key': { S: `${consumer}|${key?.toString('base64') ?? ''}` } },
      },
    );
    for await (const { Items = [] } of pages) {
      // Written only by dynamoDeadLetters; these records are far too small to be cut into parts.
      letters.push(...Items.map((item) => unmarshall(item) as ParkedRecord));
    }
    return letters;
  };
};
