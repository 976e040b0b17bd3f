// A view of the mesh on the stream, once a second: figures as plain numbers, and whom they are of
// by a number, which is told once. All else comes when it has changed. So a second of two hundred
// workloads is tens of kilobytes to write, send, and read.

import type { EdgeRow } from "./edge-row.ts";
import type { MeshStatus } from "./mesh-status.ts";
import type { MeshView } from "./mesh-view.ts";
import type { RouteRow } from "./route-row.ts";
import type { StatRow } from "./stat-row.ts";

// What changes seldom: it comes when it has changed.
export const VIEW_SELDOM = ["workloads", "diagnostics", "checks", "changes", "unmeshed"] as const;
export type ViewSeldom = Pick<MeshView, (typeof VIEW_SELDOM)[number]>;

export type ViewEvent = Partial<ViewSeldom> & {
  readonly atMs: number; // wall clock
  readonly windowMs: number; // of the metrics
  readonly isWhole: boolean; // what was told before doesn't count any more
  readonly status: MeshStatus;
  readonly stat: FigureTable<StatRow>;
  readonly edges: FigureTable<EdgeRow>;
  readonly routes: FigureTable<RouteRow>;
};

export type FigureTable<Row> = {
  // Of rows not told before, all but their figures; the first of all has the number 0.
  readonly heads: readonly Partial<Row>[];
  // Of each row the number of its head, then its figures in the order of its list below.
  readonly figures: readonly (number | null)[];
};

const GOLDEN = [
  ...(["requests", "failures", "retries", "successRate", "rps"] as const),
  ...(["latencyP50Ms", "latencyP95Ms", "latencyP99Ms", "inFlight"] as const),
] as const;

export const VIEW_FIGURES = {
  edges: GOLDEN,
  routes: [...GOLDEN, "share"],
  stat: [
    ...GOLDEN,
    ...(["meshed", "workloads", "connectionsOpen", "cpuMsPerSecond", "memoryBytes"] as const),
  ],
} as const;
