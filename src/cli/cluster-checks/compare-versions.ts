// "v1.6.3", "1.6.3-rc.1": negative where the first is older. What isn't one is older than any.

export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < left.length; i++) {
    if (left[i]! !== right[i]!) return left[i]! - right[i]!;
  }
  return 0;
}

// A version before its release is older than the release.
function partsOf(version: string): readonly number[] {
  const [, major, minor, patch, before] =
    /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(-[-.0-9A-Za-z]+)?$/.exec(version) ?? [];
  if (major === undefined) return [-1, -1, -1, -1];
  return [Number(major), Number(minor), Number(patch), before === undefined ? 1 : 0];
}
