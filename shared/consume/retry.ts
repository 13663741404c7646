/** Retries of a transient failure inside one invocation (CON-04): after 1, 2 and 4 s, each ± 10 %. */
export const MAX_RETRIES = 3;

const FIRST_MS = 1_000;
const FACTOR = 2;
const JITTER = 0.1;
const MAX_MS = 60_000;

/**
 * How long to wait before a retry, in milliseconds.
 * @param retry 1 for the first
 * @param random from 0 to 1
 */
export const retryDelay = (retry: number, random: number): number =>
  Math.min(MAX_MS, FIRST_MS * FACTOR ** (retry - 1) * (1 + JITTER * (2 * random - 1)));
