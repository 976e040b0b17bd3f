// A sorted list, made from the one before where few of its objects are others.

import { type Change, changeOf } from "./change.ts";

type Compare<T> = (a: T, b: T) => number;

export type Sorted<T> = {
  readonly source: readonly T[];
  readonly all: readonly T[];
  // Since the list before; undefined: everything may be another.
  readonly change: Change<T> | undefined;
};

export function sorted<T>(
  source: readonly T[],
  compare: Compare<T>,
  before: Sorted<T> | undefined,
): Sorted<T> {
  const change = before && changeOf(before.source, source);
  const all = change && merge(before.all, change, compare);
  if (all) return { source, all, change };
  return { source, all: [...source].sort(compare), change: undefined };
}

// Undefined where that would be no gain, or where equals would have to be put in order.
function merge<T>(
  all: readonly T[],
  { gone, added }: Change<T>,
  compare: Compare<T>,
): readonly T[] | undefined {
  if (gone.size + added.length === 0) return all;
  if (gone.size + added.length > all.length / 4) return undefined;
  const kept = gone.size === 0 ? all : all.filter((each) => !gone.has(each));
  const merged: T[] = [];
  let taken = 0;
  let last: T | undefined;
  for (const each of [...added].sort(compare)) {
    const at = placeOf(kept, each, compare);
    const next = kept[at];
    if (next !== undefined && compare(each, next) === 0) return undefined;
    if (last !== undefined && compare(last, each) === 0) return undefined;
    for (; taken < at; taken++) merged.push(kept[taken]!);
    merged.push(each);
    last = each;
  }
  for (; taken < kept.length; taken++) merged.push(kept[taken]!);
  return merged;
}

// Of the first that is no smaller.
function placeOf<T>(all: readonly T[], object: T, compare: Compare<T>): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(all[middle]!, object) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
