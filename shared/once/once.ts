import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';

const DAY_S = 86_400;

/** What a kept answer can be: it is stored as JSON. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

export interface Once {
  /** The invocation whose remaining time bounds the lease of an effect that its process may not live to finish. */
  readonly forInvocation: (context: Context) => void;
  /**
   * Runs an effect on the outside once per key and answers the first run's result from then on (promise 3).
   * @param fingerprint what must be the same for it to be the same effect
   * @throws Powertools' IdempotencyValidationError when the key was used with another fingerprint,
   *   IdempotencyAlreadyInProgressError while another run holds the lease
   */
  run<Result extends Json>(key: string, fingerprint: Json, effect: () => Promise<Result>): Promise<Result>;
}

/**
 * Once-only effects through Powertools idempotency on a DynamoDB table.
 * @param keptForDays longer than the longest replay: 30 for consumers (topics keep 7 days), 1 for API commands
 */
export const dynamoOnce = (client: DynamoDBClient, tableName: string, keptForDays: number): Once => {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'fingerprint',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: keptForDays * DAY_S,
    hashFunction: 'sha256',
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  return {
    forInvocation: (context) => config.registerLambdaContext(context),
    run: async (key, fingerprint, effect) =>
      makeIdempotent((_: { key: string; fingerprint: Json }) => effect(), { persistenceStore, config })({
        key,
        fingerprint,
      }),
  };
};
