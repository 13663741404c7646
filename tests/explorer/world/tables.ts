import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../../shared/testing/create-table.ts';

/** The tables that worlds share; every key in them carries its world's name. */
export interface Tables {
  readonly events: string;
  readonly views: string;
  readonly idempotency: string;
  readonly deadLetters: string;
  readonly ledger: string;
  /** What the naive consumer has marked as processed. */
  readonly marks: string;
}

/** New tables, so that no world finds what another run left. */
export const createTables = async (client: DynamoDBClient): Promise<Tables> => {
  const [events, views, idempotency, deadLetters, ledger, marks] = await Promise.all([
    createTable(client, 'orderingKey', 'commit'),
    createTable(client, 'groupKey', 'itemKey'),
    createTable(client, 'id'),
    createTable(client, 'consumerKey', 'position'),
    createTable(client, 'consumer', 'page'),
    createTable(client, 'eventId'),
  ]);
  return { events, views, idempotency, deadLetters, ledger, marks };
};

/**
 * A client for DynamoDB Local. It repeats nothing by itself, since the schedule says when a call is repeated; each
 * `share` has tables, and a database behind them, of its own.
 */
export const explorerClient = (endpoint: string, share: number): DynamoDBClient => {
  const accessKey = `explorer${share}`;
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    // DynamoDB Local reads the access key and checks no signature, which would cost a sixth of a run's time.
    credentials: { accessKeyId: accessKey, secretAccessKey: 'local' },
    signer: {
      sign: async (request) => {
        request.headers['authorization'] =
          `AWS4-HMAC-SHA256 Credential=${accessKey}/20260301/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;
        return request;
      },
    },
  });
};
