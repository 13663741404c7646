/**
 * The times of a redrive's workers, milliseconds. They follow from how long consumers may run and how long a worker
 * may: `worker-times.spec.ts` holds them against functions.yml.
 */

/** How long an answer of a consumer is waited for: by then its function is certainly over. */
export const ANSWER_MS = 140_000;

/** What one more request and its aftermath may take: from one renewal of the lease to the next. */
export const ENOUGH_MS = ANSWER_MS + 30_000;

/** How long a worker has a job without renewing its lease, which it does before each request. */
export const LEASE_MS = ENOUGH_MS + 10_000;
