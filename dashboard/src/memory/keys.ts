// What tells rows apart, from one view to the next.

import type { EdgeEnd, EdgeRow } from "#api/edge-row.ts";

export function rowKey(row: { readonly namespace: string; readonly name: string }): string {
  return `${row.namespace}/${row.name}`;
}

export function endKey(end: EdgeEnd): string {
  return `${end.namespace}/${end.workload}`;
}

export function edgeKey(edge: EdgeRow): string {
  return `${endKey(edge.source)} ${endKey(edge.destination)}`;
}
