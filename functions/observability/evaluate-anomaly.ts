export interface Usual {
  /** Up to here a count is never strange: a handful where there is usually nothing proves nothing. */
  readonly floor: number;
  /** How many standard deviations above the mean are still usual. */
  readonly deviations: number;
}

export interface Anomaly {
  readonly observed: number;
  /** The mean of the minutes before, rounded. */
  readonly usual: number;
  /** The highest count that would have passed. */
  readonly threshold: number;
}

/**
 * Whether a minute's count is far above what the minutes before it were like: above mean + k·σ (Shewhart's control
 * chart), and above the floor.
 * @param before the counts of the minutes before, silent ones included as 0
 */
export const evaluateAnomaly = (
  before: readonly number[],
  observed: number,
  { floor, deviations }: Usual,
): Anomaly | undefined => {
  const minutes = Math.max(1, before.length);
  const mean = before.reduce((sum, count) => sum + count, 0) / minutes;
  const variance = before.reduce((sum, count) => sum + (count - mean) ** 2, 0) / minutes;
  const threshold = Math.max(floor, Math.ceil(mean + deviations * Math.sqrt(variance)));
  return observed > threshold ? { observed, usual: Math.round(mean), threshold } : undefined;
};
