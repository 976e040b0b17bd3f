// Of objects that bear one name, the first: discovery has complained about the others.

import { isSameList } from "#base/same-list.ts";
import type { Name } from "#ir/model.ts";
import { changeOf } from "./change.ts";
import type { Sorted } from "./sorted.ts";

// `named`: by name before all else. `before`: what this returned for the list before.
export function onceEach<T extends Name>(
  named: Sorted<T>,
  before: Sorted<T> | undefined,
): Sorted<T> {
  const others = named.all.filter((each, i) => i === 0 || !isSameName(named.all[i - 1]!, each));
  const all = others.length === named.all.length ? named.all : others;
  if (before && isSameList(before.all, all)) return { ...before, change: NONE };
  return { source: named.source, all, change: before && changeOf(before.all, all) };
}

const NONE = { gone: new Set<never>(), added: [] };

function isSameName(a: Name, b: Name): boolean {
  return a.name === b.name && a.namespace === b.namespace;
}
