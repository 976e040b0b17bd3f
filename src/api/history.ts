// The past of the mesh, as far as the control plane keeps it: a second's slots for 15 minutes, 15
// seconds' for 6 hours, minutes' for 7 days. `GET history`; and what `stat`, `edges` and `routes`
// tell of a stretch of it.

import type { EdgeEnd } from "./edge-row.ts";

export type HistoryKind = "mesh" | "namespace" | "workload" | "service" | "route" | "edge";

export type HistoryQuery = {
  readonly kind: HistoryKind;
  // As for stat, routes and edges; undefined: all.
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly fromMs: number; // wall clock
  readonly toMs: number;
  // At least so long is a step; undefined: as suits the stretch, at most 240 of them.
  readonly stepMs: number | undefined;
};

// Of all that is kept, or of one stretch of it.
export type HistorySpan = {
  // Those that were asked for, widened to whole slots.
  readonly fromMs: number;
  readonly toMs: number;
  readonly slotMs: number; // how finely the stretch is kept
  readonly sinceMs: number | null; // the oldest that is kept at all
  readonly notice: string | null; // what is the matter with keeping it, in one sentence
};

export type HistoryAnswer = HistorySpan & {
  readonly stepMs: number;
  // When each step begins. Every list of a line has a value for each of them; null where nothing
  // was recorded, as while the control plane was away.
  readonly at: readonly number[];
  // The busiest first.
  readonly lines: readonly HistoryLine[];
  readonly linesLeftOut: number;
};

export type HistoryLine = {
  readonly subject: HistorySubject;
  readonly requests: Values;
  readonly failures: Values;
  readonly retries: Values;
  readonly rps: Values;
  readonly successRate: Values; // 0 to 1; null without requests, as with the latencies
  readonly latencyP50Ms: Values;
  readonly latencyP95Ms: Values;
  readonly latencyP99Ms: Values;
  // The most that there were at once in the step.
  readonly inFlight: Values;
  // Of the proxies of a workload, a namespace or the mesh; null for all else.
  readonly cpuMsPerSecond: Values;
  readonly memoryBytes: Values;
  readonly connectionsOpen: Values;
};

export type Values = readonly (number | null)[];

export type HistorySubject =
  | { readonly kind: "mesh" }
  | { readonly kind: "namespace"; readonly namespace: string }
  | { readonly kind: "workload" | "service"; readonly namespace: string; readonly name: string }
  | {
      readonly kind: "route";
      readonly service: {
        readonly namespace: string;
        readonly name: string;
        readonly port: number;
      };
      readonly route: string; // "HTTPRoute bookshop/reviews"
      readonly rule: number;
      readonly backend: string;
    }
  | { readonly kind: "edge"; readonly source: EdgeEnd; readonly destination: EdgeEnd };
