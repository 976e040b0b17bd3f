// Hot path.
//
// Finds a value's histogram bucket without a search. The value in 1/128ths, cut to its four leading
// bits, names a cell: its position in a table of every power of two in eight steps. The table holds
// the cell's first bucket; as cells are narrower than most buckets, a step or two remain.

const SCALE = 128;
const STEPS = 8;

export type BucketOf = (value: number) => number;

// Bucket i holds what is at most bounds[i] and more than the bound before; one more holds the rest.
// Bounds rise and stay below 2^24.
export function bucketFinder(bounds: readonly number[]): BucketOf {
  const least = bounds[0]!;
  const most = bounds[bounds.length - 1]!;
  const edges = Float64Array.from(bounds);
  const firstOf = new Uint8Array(cellOf(Math.floor(most * SCALE)) + 1);
  for (let cell = 0; cell < firstOf.length; cell++) {
    const found = bounds.findIndex((bound) => bound >= cellStart(cell));
    firstOf[cell] = found < 0 ? bounds.length - 1 : found;
  }
  return (value) => {
    if (!(value > least)) return 0; // NaN and negative values, too: a clock may have jumped
    if (value > most) return edges.length;
    let bucket = firstOf[cellOf((value * SCALE) | 0)]!;
    while (value > edges[bucket]!) bucket++;
    return bucket;
  };
}

function cellOf(scaled: number): number {
  if (scaled < STEPS) return 0;
  const exponent = 31 - Math.clz32(scaled);
  return (exponent - 3) * STEPS + ((scaled >> (exponent - 3)) & (STEPS - 1));
}

// The least value of a cell; cell 0 also takes all below it.
function cellStart(cell: number): number {
  if (cell === 0) return 0;
  const shift = Math.floor(cell / STEPS);
  return ((STEPS + (cell % STEPS)) * 2 ** shift) / SCALE;
}
