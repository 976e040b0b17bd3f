// What several values say together.

export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
  return {
    median: Number(median.toFixed(2)),
    least: sorted[0] ?? 0,
    most: sorted.at(-1) ?? 0,
  };
}
