// "Did you mean": the known name that is fewest slips of the keyboard away from a found one.

// Longer names are not compared: the effort grows with the square of the length.
const LENGTH_MAX = 64;

export function nearestName(found: string, known: Iterable<string>): string | undefined {
  if (found.length > LENGTH_MAX) return undefined;
  const slipsMax = found.length < 4 ? 1 : 2;
  let nearest: string | undefined;
  let slipsFewest = slipsMax + 1;
  for (const name of known) {
    const slips = slipsBetween(found.toLowerCase(), name.toLowerCase());
    if (slips >= slipsFewest || name === found) continue;
    nearest = name;
    slipsFewest = slips;
  }
  return nearest;
}

// Letters added, lost, changed, or swapped with their neighbour (optimal string alignment).
function slipsBetween(a: string, b: string): number {
  if (b.length > LENGTH_MAX) return LENGTH_MAX;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(change, row[j]! + 1, next[j - 1]! + 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
