// Weighted choice by one number and one lookup, however many there are to choose from (Walker's
// alias method, as Vose builds it).

export type AliasTable = {
  // Column i keeps i where the draw falls below keep[i] in it, and takes other[i] else.
  readonly keep: readonly number[];
  readonly other: readonly number[];
};

// Weights are above 0. No weights make an empty table.
export function aliasTable(weights: readonly number[]): AliasTable {
  const count = weights.length;
  const largest = weights.reduce((a, b) => Math.max(a, b), 0);
  // Divided first: weights near the largest number must not add up to infinity.
  const shares = weights.map((weight) => weight / largest);
  const total = shares.reduce((a, b) => a + b, 0);
  const heights = shares.map((share) => (share / total) * count);
  const keep = heights.map(() => 1);
  const other = heights.map((_, i) => i);
  const low = heights.flatMap((height, i) => (height < 1 ? i : []));
  const high = heights.flatMap((height, i) => (height < 1 ? [] : i));
  while (low.length > 0 && high.length > 0) {
    const poor = low.pop()!;
    const rich = high.at(-1)!;
    keep[poor] = heights[poor]!;
    other[poor] = rich;
    heights[rich] = heights[rich]! - (1 - heights[poor]!);
    if (heights[rich]! < 1) low.push(high.pop()!);
  }
  return { keep, other };
}
