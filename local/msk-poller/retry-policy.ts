const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 10_000;

/** Why a batch was not delivered. Only what the function itself did counts towards MaximumRetryAttempts. */
export type FailureCause = 'function' | 'throttled' | 'unreachable' | 'too-large';

export type NextStep = { readonly kind: 'retry'; readonly delayMs: number } | { readonly kind: 'discard' };

/** How often a batch has failed so far, this time included. */
export interface FailureCount {
  readonly total: number;
  /** Failures of the function, not of the way to it. */
  readonly counted: number;
}

/**
 * Decides what becomes of a failed batch. AWS page "Configuring error handling controls for Kafka event sources":
 * "Maximum retry attempts – the maximum number of times Lambda retries when your function returns an error. This doesn't
 * count the initial invocation attempt. The default is -1 (infinite)."
 *
 * Record age, bisecting and failure destinations belong here when they come.
 *
 * @param random a number in [0, 1) that spreads the retries of several batches
 */
export function nextStep(count: FailureCount, maximumRetryAttempts: number, random: number): NextStep {
  if (maximumRetryAttempts >= 0 && count.counted > maximumRetryAttempts) return { kind: 'discard' };
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(count.total - 1, 16));
  return { kind: 'retry', delayMs: Math.round(ceiling * (0.75 + 0.25 * random)) };
}

/** True when this kind of failure uses up a retry attempt. */
export function countsAsAttempt(cause: FailureCause): boolean {
  return cause === 'function' || cause === 'too-large';
}
