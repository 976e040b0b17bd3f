// Lists of the same objects. Where nothing has changed, what was there before is kept, so that
// whoever used it can tell by identity.

export function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

// `before` where `now` holds the same.
export function keepList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before && isSameList(before, now) ? before : now;
}
