// What tells rows apart, from one view to the next.

import type { EdgeEnd, EdgeRow } from "#api/edge-row.ts";

type KnownKey = { readonly destination: EdgeEnd; readonly key: string };

// The ends of an edge are the same objects in every view of a stream: written once, a key is also
// found faster.
const endKeys = new WeakMap<EdgeEnd, string>();
const edgeKeys = new WeakMap<EdgeEnd, KnownKey>();

export function rowKey(row: { readonly namespace: string; readonly name: string }): string {
  return `${row.namespace}/${row.name}`;
}

export function endKey(end: EdgeEnd): string {
  const known = endKeys.get(end);
  if (known !== undefined) return known;
  const key = `${end.namespace}/${end.workload}`;
  endKeys.set(end, key);
  return key;
}

export function edgeKey({ source, destination }: Pick<EdgeRow, "source" | "destination">): string {
  const known = edgeKeys.get(source);
  if (known?.destination === destination) return known.key;
  const key = `${endKey(source)} ${endKey(destination)}`;
  edgeKeys.set(source, { destination, key });
  return key;
}
