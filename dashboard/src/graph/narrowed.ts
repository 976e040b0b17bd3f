// A part of the call graph: a namespace, the neighbourhood of what is looked for, calls that fail.

import type { MeshView } from "#api/mesh-view.ts";
import { endKey, rowKey } from "#dashboard/memory/keys.ts";
import type { KnownEdge } from "#dashboard/memory/mesh-memory.ts";
import { toneOf } from "#dashboard/parts/tone.ts";

export type Narrowing = {
  readonly find: string; // part of a name; "" for all
  readonly namespace: string; // "" for all
  readonly onlyFailing: boolean;
};

export function narrowed(
  view: MeshView,
  edges: readonly KnownEdge[],
  { find, namespace, onlyFailing }: Narrowing,
): { readonly view: MeshView; readonly edges: readonly KnownEdge[] } {
  const wanted = find.trim().toLowerCase();
  if (wanted === "" && namespace === "" && !onlyFailing) return { view, edges };
  const isFound = (key: string) => wanted === "" || key.toLowerCase().includes(wanted);
  const isNear = (key: string) => namespace === "" || key.startsWith(`${namespace}/`);
  const kept = edges.filter((edge) => {
    const ends = [endKey(edge.source), endKey(edge.destination)];
    if (!ends.some(isFound) || !ends.some(isNear)) return false;
    const tone = toneOf(edge.successRate);
    return !onlyFailing || tone === "bad" || tone === "warn";
  });
  const ends = new Set(
    kept.flatMap(({ source, destination }) => [endKey(source), endKey(destination)]),
  );
  const workloads = view.workloads.filter((row) => {
    const key = rowKey(row);
    if (ends.has(key)) return true;
    return !onlyFailing && isFound(key) && isNear(key);
  });
  return { view: { ...view, workloads }, edges: kept };
}
