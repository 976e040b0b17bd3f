// What distinguishes two lists of objects, by identity.

export type Change<T> = { readonly gone: ReadonlySet<T>; readonly added: readonly T[] };

export function changeOf<T>(before: readonly T[], now: readonly T[]): Change<T> {
  // Most often few differ, or none: they are found between what both begin and end with.
  let start = 0;
  const least = Math.min(before.length, now.length);
  while (start < least && before[start] === now[start]) start++;
  let end = 0;
  while (end < least - start && before.at(-1 - end) === now.at(-1 - end)) end++;
  const old = before.slice(start, before.length - end);
  const fresh = now.slice(start, now.length - end);
  const [known, kept] = [new Set(old), new Set(fresh)];
  return {
    gone: new Set(old.filter((each) => !kept.has(each))),
    added: fresh.filter((each) => !known.has(each)),
  };
}
