// Who talks to whom, as nodes and edges: the workloads of the mesh, and whoever else was seen.

import type { MeshView } from "#api/mesh-view.ts";
import type { StatRow } from "#api/stat-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { edgeKey, endKey, rowKey } from "#dashboard/memory/keys.ts";
import type { KnownEdge } from "#dashboard/memory/mesh-memory.ts";

export type CallNode = {
  readonly key: string; // "bookshop/reviews-v1"
  readonly name: string;
  readonly group: string; // "bookshop/reviews": versions of an app stay together
  readonly label: string; // of the group
  readonly workload: WorkloadRow | undefined; // undefined: not of this mesh, or gone
  readonly stat: StatRow | undefined;
  readonly rpsOut: number; // that it asks of others
  readonly isPast: boolean; // its figures are of another time than its state
};

export type CallEdge = {
  readonly key: string;
  readonly from: string; // keys of nodes
  readonly to: string;
  readonly row: KnownEdge;
};

export type CallGraph = {
  readonly nodes: readonly CallNode[];
  readonly edges: readonly CallEdge[];
};

export function callGraph(
  view: Pick<MeshView, "workloads" | "stat">,
  known: readonly KnownEdge[],
  isPast = false,
): CallGraph {
  const stats = new Map(view.stat.map((row) => [rowKey(row), row]));
  const out = rpsOutOf(known);
  const nodes = new Map<string, CallNode>();
  for (const workload of view.workloads) {
    const key = rowKey(workload);
    const { namespace, name, app } = workload;
    const group = `${namespace}/${app}`;
    const measured = { stat: stats.get(key), rpsOut: out.get(key) ?? 0, isPast };
    nodes.set(key, { key, name, group, label: app, workload, ...measured });
  }
  for (const { source, destination } of known) {
    for (const end of [source, destination]) {
      const key = endKey(end);
      if (nodes.has(key)) continue;
      const name = end.workload || "outside the mesh";
      const nothing = { workload: undefined, stat: undefined, rpsOut: out.get(key) ?? 0, isPast };
      nodes.set(key, { key, name, group: key, label: name, ...nothing });
    }
  }
  return {
    nodes: [...nodes.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    edges: known.map((row) => ({
      key: edgeKey(row),
      from: endKey(row.source),
      to: endKey(row.destination),
      row,
    })),
  };
}

function rpsOutOf(known: readonly KnownEdge[]): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const { source, rps } of known) {
    const key = endKey(source);
    out.set(key, (out.get(key) ?? 0) + rps);
  }
  return out;
}
