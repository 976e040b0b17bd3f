// The mesh in a few sums, for the head of the page.

import type { MeshView } from "#api/mesh-view.ts";

export type Totals = {
  readonly callsPerSecond: number; // between workloads
  readonly successRate: number | null;
  readonly edges: number; // that carry requests now,
  readonly edgesSecured: number; // of those
  readonly slowest: { readonly name: string; readonly latencyP99Ms: number } | undefined;
};

export function totalsOf({ edges, stat }: MeshView): Totals {
  const busy = edges.filter(({ requests }) => requests > 0);
  const requests = busy.reduce((sum, edge) => sum + edge.requests, 0);
  const failures = busy.reduce((sum, edge) => sum + edge.failures, 0);
  let slowest: Totals["slowest"];
  for (const { name, latencyP99Ms } of stat) {
    if (latencyP99Ms === null || latencyP99Ms <= (slowest?.latencyP99Ms ?? -1)) continue;
    slowest = { name, latencyP99Ms };
  }
  return {
    callsPerSecond: busy.reduce((sum, edge) => sum + edge.rps, 0),
    successRate: requests > 0 ? (requests - failures) / requests : null,
    edges: busy.length,
    edgesSecured: busy.filter(({ isSecured }) => isSecured).length,
    slowest,
  };
}
