// What was there before, where what is there now says the same: whoever used it can tell by
// identity that nothing has changed.

import { isSameList } from "#base/same-list.ts";

export function keepMap<Key, Value>(
  before: ReadonlyMap<Key, Value> | undefined,
  now: ReadonlyMap<Key, Value>,
): ReadonlyMap<Key, Value> {
  if (!before || before.size !== now.size) return now;
  for (const [key, value] of now) if (before.get(key) !== value) return now;
  return before;
}

export function keepSet<Value>(
  before: ReadonlySet<Value> | undefined,
  now: ReadonlySet<Value>,
): ReadonlySet<Value> {
  return before && isSameList([...before], [...now]) ? before : now;
}
