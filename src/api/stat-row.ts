// Golden metrics of a resource: `weft stat`.

import type { GoldenMetrics } from "./golden-metrics.ts";

export type StatKind = "workload" | "service" | "namespace";

export type StatQuery = {
  readonly kind: StatKind;
  readonly namespace: string | undefined; // undefined: all
  readonly name: string | undefined;
  readonly windowMs: number;
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
