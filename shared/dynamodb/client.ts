import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/**
 * A DynamoDB client for a Lambda function: connections kept alive by the SDK, and limits short enough that a
 * function notices a hanging request before its own time is up.
 * @param endpoint only where the environment does not already say it (tests, benchmarks)
 */
export const dynamoClient = (endpoint?: string): DynamoDBClient =>
  new DynamoDBClient({
    ...(endpoint && {
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  });
