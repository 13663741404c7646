/** A percentile by the nearest-rank method, of milliseconds; NaN of nothing. */
const percentile = (values: readonly number[], p: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? Number.NaN;
};

export const describeLatency = (what: string, values: readonly number[]): string =>
  `${what}: ${[50, 95, 99].map((p) => `p${String(p)} ${percentile(values, p).toFixed(0)} ms`).join(', ')} (${String(values.length)} commands)`;
