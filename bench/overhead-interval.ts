// A ratio from pairs: the median, and an interval that holds it whatever the ratios' distribution.
//
// Each value is above the median or below as a coin falls. So it lies between the second least and
// the second greatest of ten values in 97.9 % of all cases, and the more there are, the more may be
// left out at both ends with 95 % of all cases left. Of eight or fewer none may, and five or fewer
// don't hold it as often as that.

import { medianOf } from "./spread.ts";

export type Overhead = {
  readonly ratio: number; // with to without
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
};

const LEAST_CASES = 0.95;

export function overheadOf(ratios: readonly number[]): Overhead {
  const sorted = ratios.toSorted((one, other) => one - other);
  const out = leftOut(sorted.length);
  const of = (value = 0) => Number(value.toFixed(4));
  return {
    ratio: of(medianOf(ratios)),
    low: of(sorted[out]),
    high: of(sorted[sorted.length - 1 - out]),
    pairs: sorted.length,
  };
}

// How many values at each end the interval may do without.
function leftOut(values: number): number {
  let exactly = 0.5 ** values; // the share of cases in which `out` coins of them fall to one side
  let atMost = exactly;
  for (let out = 0; ; out++) {
    exactly *= (values - out) / (out + 1);
    atMost += exactly;
    if (1 - 2 * atMost < LEAST_CASES) return out;
  }
}
