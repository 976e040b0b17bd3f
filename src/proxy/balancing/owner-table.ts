// Hot path.
//
// Which endpoint a hash belongs to. A ring has sorted points, and what lies between two belongs to
// the upper; a Maglev table has none, its slots lie as the hash counts.

export type OwnerTable = {
  readonly owners: Int32Array; // places among the endpoints
  readonly points: Uint32Array | undefined; // as many, ascending
};

// The place in the table; those after it are the next best.
export function locate({ owners, points }: OwnerTable, hash: number): number {
  if (points === undefined) return hash % owners.length;
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]! < hash) low = middle + 1;
    else high = middle;
  }
  return low === points.length ? 0 : low;
}
