// A ratio from pairs: the median, and an interval that holds it whatever the ratios' distribution.
//
// The median lies between the second least and the second greatest of ten values in 97.9 % of all
// cases, since each value is above it or below as a coin falls; of fewer than ten, between the
// least and the greatest, which says less.

export type Overhead = {
  readonly ratio: number; // with to without
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
};

const PAIRS_FOR_SECOND = 10;

export function overheadOf(ratios: readonly number[]): Overhead {
  const sorted = ratios.toSorted((one, other) => one - other);
  const out = sorted.length >= PAIRS_FOR_SECOND ? 1 : 0;
  const at = (sorted.length - 1) / 2;
  const ratio = ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
  const of = (value = 0) => Number(value.toFixed(4));
  return {
    ratio: of(ratio),
    low: of(sorted[out]),
    high: of(sorted[sorted.length - 1 - out]),
    pairs: sorted.length,
  };
}
