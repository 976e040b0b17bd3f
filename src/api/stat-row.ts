// Golden metrics of a resource: `weft stat`.

import type { Party } from "./edge-row.ts";
import type { GoldenMetrics } from "./golden-metrics.ts";

export type StatKind = "workload" | "service" | "namespace";

export type StatQuery = {
  readonly kind: StatKind;
  readonly namespace: string | undefined; // undefined: all
  readonly name: string | undefined;
  readonly windowMs: number;
  // With a source: rows count what came from there. With a destination: what they sent there.
  // Both as callers saw it; of a service only a source may be asked.
  readonly source?: Party | undefined;
  readonly destination?: Party | undefined;
};

// Workloads and namespaces count what they answered, as their own proxies saw it; services what
// their callers saw, so that requests that never arrived count too.
export type StatRow = GoldenMetrics & {
  readonly kind: StatKind;
  readonly namespace: string;
  readonly name: string;
  readonly meshed: number; // workloads behind it whose proxy is connected,
  readonly workloads: number; // of so many
  readonly connectionsOpen: number;
  // Of its proxies, together.
  readonly cpuMsPerSecond: number;
  readonly memoryBytes: number;
};
