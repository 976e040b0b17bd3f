// A percentile from bucket counts, interpolated inside the bucket that it falls into.

import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";

// `quantile` in (0, 1]; `counts` by bucket, fractions allowed. null where nothing was counted. In
// the bucket beyond the last bound all that is known is that bound. `total`: their sum.
export function percentile(
  counts: ArrayLike<number>,
  quantile: number,
  total = sumOf(counts),
): number | null {
  if (total <= 0) return null;
  const rank = quantile * total;
  let below = 0;
  for (let i = 0; i < LATENCY_BOUNDS_MS.length; i++) {
    const count = counts[i]!;
    if (count > 0 && below + count >= rank) {
      const from = i === 0 ? 0 : LATENCY_BOUNDS_MS[i - 1]!;
      return from + (LATENCY_BOUNDS_MS[i]! - from) * ((rank - below) / count);
    }
    below += count;
  }
  return LATENCY_BOUNDS_MS.at(-1)!;
}

export function sumOf(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i]!;
  return total;
}
