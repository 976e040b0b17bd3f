// What several values say together.

export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  return {
    median: Number(middleOf(sorted).toFixed(2)),
    least: sorted[0] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}

// In full, for values near 1.
export function medianOf(values: readonly number[]): number {
  return middleOf(values.toSorted((one, other) => one - other));
}

// Of an even number of values: the middle of the two in the middle; of none: 0.
function middleOf(sorted: readonly number[]): number {
  const at = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
}
