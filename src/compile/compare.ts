// One order for everything that compile makes, so that the order of files never shows in a plan.
// By code units, not by locale: the same on every machine.

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// By the first key that differs.
export function compareKeys(
  a: readonly (string | number)[],
  b: readonly (string | number)[],
): number {
  for (let i = 0; i < a.length; i++) {
    const left = a[i]!;
    const right = b[i]!;
    if (left < right) return -1;
    if (left > right) return 1;
  }
  return 0;
}
