/**
 * The settings of an AWS client in a Lambda function whose calls are short and may be sent again: connections kept
 * alive by the SDK, and limits short enough that a function notices a hanging request before its own time is up.
 * @param endpoint only where the environment does not already say it (tests, benchmarks)
 */
export const awsClientSettings = (endpoint?: string) => ({
  ...(endpoint && {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }),
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
});
