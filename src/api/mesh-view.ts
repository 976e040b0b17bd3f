// Everything that a live page shows; sent once a second to whoever watches, as view-event.ts
// has it.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Check } from "./check-result.ts";
import type { EdgeRow } from "./edge-row.ts";
import type { MeshChange } from "./mesh-change.ts";
import type { MeshStatus } from "./mesh-status.ts";
import type { RouteRow } from "./route-row.ts";
import type { StatRow } from "./stat-row.ts";
import type { UnmeshedWorkload } from "./unmeshed-workload.ts";
import type { WorkloadRow } from "./workload-row.ts";

export type MeshView = {
  readonly atMs: number; // wall clock
  readonly windowMs: number; // of the metrics
  readonly status: MeshStatus;
  readonly workloads: readonly WorkloadRow[];
  readonly stat: readonly StatRow[]; // of workloads
  readonly edges: readonly EdgeRow[];
  readonly routes: readonly RouteRow[];
  readonly diagnostics: readonly Diagnostic[];
  // Those that don't pass, and that nothing else here tells.
  readonly checks: readonly Check[];
  // The newest first.
  readonly changes: readonly MeshChange[];
  // Of a cluster, by reason; what can be mended first.
  readonly unmeshed: readonly UnmeshedWorkload[];
};
