/**
 * The settings of an AWS client in a Lambda function whose calls are short and may be sent again: connections kept
 * alive by the SDK, and limits short enough that a function notices a hanging request before its own time is up.
 *
 * A request has 3 s, since the emulator of a busy laptop may take that long. In a saga task that runs 4 s, one that
 * hangs costs the attempt, and the state machine makes another.
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

/** A limit for a call as a whole, in milliseconds: one request may take all of it, and its repetitions no more. */
export const within = (milliseconds: number) => ({
  requestTimeout: milliseconds,
  abortSignal: AbortSignal.timeout(milliseconds),
});
