// A map of what a list has, made from the one before where few of the list's objects are others.
// No two objects have one key.

import { changeOf } from "./change.ts";
import { keepMap } from "./keep.ts";

export type Patched<T, Value> = {
  readonly list: readonly T[];
  readonly map: ReadonlyMap<string, Value>;
};

export function patchMap<T, Value>(
  list: readonly T[],
  entryOf: (object: T) => readonly [string, Value],
  before: Patched<T, Value> | undefined,
): Patched<T, Value> {
  if (!before) return { list, map: new Map(list.map(entryOf)) };
  if (before.list === list) return before;
  const { gone, added } = changeOf(before.list, list);
  const map = new Map(before.map);
  for (const each of gone) map.delete(entryOf(each)[0]);
  for (const each of added) map.set(...entryOf(each));
  return { list, map: keepMap(before.map, map) };
}
