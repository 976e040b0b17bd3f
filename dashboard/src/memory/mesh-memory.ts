// What the page remembers between views: the last minute of each workload, for sparklines, and
// edges that carry nothing just now, so that the graph doesn't jump with every pause.

import type { EdgeRow } from "#api/edge-row.ts";
import type { GoldenMetrics } from "#api/golden-metrics.ts";
import type { MeshView } from "#api/mesh-view.ts";
import { edgeKey, rowKey } from "./keys.ts";

export const SAMPLES_SPAN_MS = 60_000;
const SAMPLES_MAX = 120;
const EDGE_KEPT_MS = 300_000;
const EDGES_MAX = 2000;

export type Sample = {
  readonly atMs: number;
  readonly rps: number;
  readonly latencyP99Ms: number | null;
};

export type KnownEdge = EdgeRow & { readonly seenAtMs: number };

export type MeshMemory = {
  readonly atMs: number;
  readonly samples: ReadonlyMap<string, readonly Sample[]>; // by rowKey, oldest first
  readonly edges: readonly KnownEdge[]; // by edgeKey, sorted
};

export const EMPTY_MEMORY: MeshMemory = { atMs: 0, samples: new Map(), edges: [] };

export function remember(before: MeshMemory, view: MeshView): MeshMemory {
  return {
    atMs: view.atMs,
    samples: samplesWith(before.samples, view),
    edges: edgesWith(before.edges, view),
  };
}

// Workloads that are gone are forgotten.
function samplesWith(before: MeshMemory["samples"], view: MeshView): MeshMemory["samples"] {
  const { atMs } = view;
  const samples = new Map<string, readonly Sample[]>();
  for (const row of view.stat) {
    const key = rowKey(row);
    const known = before.get(key) ?? [];
    const isKept = (sample: Sample) => sample.atMs < atMs && atMs - sample.atMs <= SAMPLES_SPAN_MS;
    // One copy a second: they come in order, unless a clock was set back.
    const from = Math.max(known.findIndex(isKept), known.length + 1 - SAMPLES_MAX);
    const kept = known.slice(from < 0 ? known.length : from);
    if ((kept.at(-1)?.atMs ?? 0) >= atMs) kept.splice(0, kept.length, ...kept.filter(isKept));
    kept.push({ atMs, rps: row.rps, latencyP99Ms: row.latencyP99Ms });
    samples.set(key, kept);
  }
  return samples;
}

function edgesWith(before: readonly KnownEdge[], view: MeshView): readonly KnownEdge[] {
  const edges = new Map<string, KnownEdge>();
  for (const edge of before) {
    const ageMs = view.atMs - edge.seenAtMs;
    if (ageMs <= EDGE_KEPT_MS) edges.set(edgeKey(edge), { ...edge, ...QUIET });
  }
  for (const edge of view.edges) edges.set(edgeKey(edge), { ...edge, seenAtMs: view.atMs });
  return [...edges]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, edge]) => edge)
    .slice(0, EDGES_MAX);
}

const QUIET: GoldenMetrics = {
  requests: 0,
  failures: 0,
  retries: 0,
  successRate: null,
  rps: 0,
  latencyP50Ms: null,
  latencyP95Ms: null,
  latencyP99Ms: null,
  inFlight: 0,
};
