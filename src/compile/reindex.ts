// Objects by keys of theirs. Lists of keys that nothing touched stay what they were.

import type { Sorted } from "./sorted.ts";

export type Index<T> = ReadonlyMap<string, readonly T[]>;

// `all` are in order, and so is each list.
export function reindex<T>(
  { all, change }: Sorted<T>,
  keysOf: (object: T) => readonly string[],
  compare: (a: T, b: T) => number,
  before: Index<T> | undefined,
): Index<T> {
  if (!before || !change) return index(all, keysOf);
  const { gone, added } = change;
  if (gone.size + added.length === 0) return before;
  const addedTo = index([...added].sort(compare), keysOf);
  const touched = new Set([...addedTo.keys(), ...[...gone].flatMap(keysOf)]);
  const now = new Map(before);
  for (const key of touched) {
    const kept = (before.get(key) ?? []).filter((each) => !gone.has(each));
    const more = addedTo.get(key) ?? [];
    const list = more.length === 0 ? kept : [...kept, ...more].sort(compare);
    if (list.length > 0) now.set(key, list);
    else now.delete(key);
  }
  return now;
}

function index<T>(all: readonly T[], keysOf: (object: T) => readonly string[]): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const each of all) {
    for (const key of keysOf(each)) {
      const list = index.get(key);
      if (list) list.push(each);
      else index.set(key, [each]);
    }
  }
  return index;
}
