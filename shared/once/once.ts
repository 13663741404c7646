import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyItemNotFoundError,
  IdempotencyValidationError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
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

/** What was done before, for those who only want to know. */
export interface OnceRecords {
  /**
   * What the effect of a key answered when it was run; undefined when running it now would run it.
   * @throws what `run` throws for the same key and fingerprint
   */
  find(key: string, fingerprint: Json): Promise<{ readonly result: Json } | undefined>;
}

/**
 * Once-only effects through Powertools idempotency on a DynamoDB table.
 * @param keptForDays longer than the longest replay: 30 for consumers (topics keep 7 days), 1 for API commands
 */
export const dynamoOnce = (
  client: DynamoDBClient,
  tableName: string,
  keptForDays: number,
): Once & OnceRecords => {
  const config = new IdempotencyConfig({
    eventKeyJmesPath: 'key',
    payloadValidationJmesPath: 'fingerprint',
    throwOnNoIdempotencyKey: true,
    expiresAfterSeconds: keptForDays * DAY_S,
    hashFunction: 'sha256',
  });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: client });
  persistenceStore.configure({ config });
  return {
    forInvocation: (context) => config.registerLambdaContext(context),
    run: async (key, fingerprint, effect) =>
      makeIdempotent((_: { key: string; fingerprint: Json }) => effect(), { persistenceStore, config })({
        key,
        fingerprint,
      }),
    find: async (key, fingerprint) => {
      // Json is Powertools' JSONValue, readonly.
      const asked = { key, fingerprint } as Parameters<typeof persistenceStore.getRecord>[0];
      const record = await persistenceStore.getRecord(asked).catch(unlessExpired);
      if (!record || isOver(record)) return undefined;
      if (record.getStatus() === 'INPROGRESS')
        throw new IdempotencyAlreadyInProgressError(`another run of ${key} holds the lease`);
      // `run` keeps nothing else.
      return { result: record.getResponse() as Json };
    },
  };
};

const unlessExpired = (error: unknown): undefined => {
  if (error instanceof IdempotencyItemNotFoundError) return undefined;
  if (error instanceof IdempotencyValidationError && error.existingRecord && isOver(error.existingRecord))
    return undefined;
  throw error;
};

/** Whether the next run takes over from a record: its time is up, or its process died and the lease has ended. */
const isOver = (record: IdempotencyRecord): boolean =>
  record.isExpired() ||
  (record.getStatus() === 'INPROGRESS' &&
    record.inProgressExpiryTimestamp !== undefined &&
    record.inProgressExpiryTimestamp < Date.now());
