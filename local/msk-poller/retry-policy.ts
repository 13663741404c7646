const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/**
 * Why a batch was not delivered: the function failed, it reported records, it was throttled, it could not be reached, or
 * the batch is larger than any event. Only what the function did counts towards MaximumRetryAttempts.
 */
export type FailureCause = 'function' | 'reported' | 'throttled' | 'unreachable' | 'too-large';

/** Why a batch was given up, in the words of AWS's invocation record; RecordAgeExceeded is that of the stream pages. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'MaximumPayloadSizeExceeded' | 'RecordAgeExceeded';

export type NextStep =
  | { readonly kind: 'retry' | 'split'; readonly delayMs: number }
  | { readonly kind: 'discard'; readonly condition: DiscardCondition };

/** How often a batch has failed so far, this time included. */
export interface FailureCount {
  readonly total: number;
  /** Failures of the function, not of the way to it. */
  readonly counted: number;
}

export interface FailedBatch {
  readonly cause: FailureCause;
  readonly failures: FailureCount;
  readonly records: number;
}

export interface RetryPolicy {
  /** -1 is without end. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
  readonly hasDestination: boolean;
}

/** "When you configure both infinite retries and an on-failure destination": AWS page "Using a Kafka topic as an on-failure destination". */
const RETRIES_WITH_DESTINATION = 10;

/** The retries that hold when `written` are configured: without end (-1) becomes 10 when there is a destination. */
export function effectiveRetryAttempts(written: number, hasDestination: boolean): number {
  return written === -1 && hasDestination ? RETRIES_WITH_DESTINATION : written;
}

/**
 * Decides what becomes of a failed batch. AWS page "Configuring error handling controls for Kafka event sources":
 * a function's error splits the batch when that is configured, else uses up a retry; the first attempt is no retry.
 * Splitting does not use one up, as Lambda's stream pages say, so that with any number of retries a bad record ends up
 * alone. What exceeds the payload limit cannot become smaller and goes to the destination at once; without a destination it
 * is retried like the rest, loudly, since it would be lost.
 *
 * @param random a number in [0, 1) that spreads the retries of several batches
 */
export function nextStep(failed: FailedBatch, policy: RetryPolicy, random: number): NextStep {
  const { cause, failures, records } = failed;
  if (cause === 'too-large' && policy.hasDestination) {
    return { kind: 'discard', condition: 'MaximumPayloadSizeExceeded' };
  }
  if (cause === 'function' && policy.bisectBatchOnFunctionError && records > 1) {
    return { kind: 'split', delayMs: backoffMs(1, random) };
  }
  if (policy.maximumRetryAttempts >= 0 && failures.counted > policy.maximumRetryAttempts) {
    return { kind: 'discard', condition: 'RetryAttemptsExhausted' };
  }
  return { kind: 'retry', delayMs: backoffMs(failures.total, random) };
}

/** How long to wait after the nth failure in a row: 200 ms, doubling to 10 s, up to a quarter less. */
export function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - 1, 16));
  return Math.round(ceiling * (0.75 + 0.25 * random));
}

/** True when this kind of failure uses up a retry attempt. */
export function countsAsAttempt(cause: FailureCause): boolean {
  return cause === 'function' || cause === 'reported' || cause === 'too-large';
}
