// Of durations in milliseconds.

export type Percentiles = {
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

export function percentilesOf(durationsMs: readonly number[]): Percentiles {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  // The smallest that so many are no longer than.
  const at = (share: number): number => {
    const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Number(found.toFixed(1));
  };
  const [p50Ms, p90Ms, p99Ms, maxMs] = [at(0.5), at(0.9), at(0.99), at(1)] as const;
  return { count: sorted.length, p50Ms, p90Ms, p99Ms, maxMs };
}
