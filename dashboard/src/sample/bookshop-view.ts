// A view of the bookshop as the control plane would send it at a given second, to test the page
// with. The same second always gives the same view.

import type { EdgeRow } from "#api/edge-row.ts";
import type { GoldenMetrics } from "#api/golden-metrics.ts";
import type { MeshChange } from "#api/mesh-change.ts";
import type { MeshView } from "#api/mesh-view.ts";
import type { RouteRow } from "#api/route-row.ts";
import type { StatRow } from "#api/stat-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";

const START_MS = Date.UTC(2026, 0, 1);
const WINDOW_MS = 10_000;
const NAMESPACE = "bookshop";

type Traffic = { readonly rps: number; readonly p50Ms: number; readonly failing?: number };

const WORKLOADS: readonly (readonly [name: string, version: string, traffic: Traffic | null])[] = [
  ["catalog-v1", "v1", { rps: 54, p50Ms: 2.1 }],
  ["catalog-v2", "v2", { rps: 6.4, p50Ms: 2.4 }],
  ["orders", "", { rps: 12, p50Ms: 9.2 }],
  ["ratings", "", { rps: 20, p50Ms: 0.8 }],
  ["reviews-v1", "v1", { rps: 20, p50Ms: 1.9 }],
  ["reviews-v2", "v2", { rps: 12, p50Ms: 3.6 }],
  ["reviews-v3", "v3", { rps: 8, p50Ms: 4.1, failing: 0.03 }],
  ["shipping", "", { rps: 12, p50Ms: 5.5, failing: 0.004 }],
  ["visitors", "", null],
  ["web", "", { rps: 40, p50Ms: 14 }],
];

const CALLS: readonly (readonly [from: string, to: string, traffic: Traffic])[] = [
  ["visitors", "web", { rps: 40, p50Ms: 14.5 }],
  ["web", "catalog-v1", { rps: 43, p50Ms: 2.3 }],
  ["web", "catalog-v2", { rps: 5.1, p50Ms: 2.6 }],
  ["web", "reviews-v1", { rps: 20, p50Ms: 2.1 }],
  ["web", "reviews-v2", { rps: 12, p50Ms: 3.9 }],
  ["web", "reviews-v3", { rps: 8, p50Ms: 4.4, failing: 0.03 }],
  ["web", "orders", { rps: 12, p50Ms: 9.6 }],
  ["reviews-v2", "ratings", { rps: 12, p50Ms: 1 }],
  ["reviews-v3", "ratings", { rps: 8, p50Ms: 1.1 }],
  ["orders", "catalog-v1", { rps: 10.8, p50Ms: 2.2 }],
  ["orders", "catalog-v2", { rps: 1.2, p50Ms: 2.5 }],
  ["orders", "shipping", { rps: 12, p50Ms: 5.8, failing: 0.004 }],
];

const VIRTUAL_SERVICE = "VirtualService bookshop/catalog";
const HTTP_ROUTE = "HTTPRoute bookshop/reviews";
type RouteSample = readonly [
  service: string,
  route: string,
  rule: number,
  backend: string,
  Traffic,
];

const ROUTES: readonly RouteSample[] = [
  ["catalog", VIRTUAL_SERVICE, 0, "v2", { rps: 0.6, p50Ms: 2.5 }],
  ["catalog", VIRTUAL_SERVICE, 1, "v1", { rps: 54, p50Ms: 2.3 }],
  ["catalog", VIRTUAL_SERVICE, 1, "v2", { rps: 5.8, p50Ms: 2.6 }],
  ["orders", "default", 0, "orders", { rps: 12, p50Ms: 9.6 }],
  ["ratings", "default", 0, "ratings", { rps: 20, p50Ms: 1 }],
  ["reviews", HTTP_ROUTE, 0, "reviews-v1", { rps: 20, p50Ms: 2.1 }],
  ["reviews", HTTP_ROUTE, 0, "reviews-v2", { rps: 12, p50Ms: 3.9 }],
  ["reviews", HTTP_ROUTE, 0, "reviews-v3", { rps: 8, p50Ms: 4.4, failing: 0.03 }],
  ["shipping", "default", 0, "shipping", { rps: 12, p50Ms: 5.8, failing: 0.004 }],
  ["web", "default", 0, "web", { rps: 40, p50Ms: 14.5 }],
];

const DIAGNOSTICS: readonly Diagnostic[] = [
  {
    severity: "warning",
    code: "WEFT207",
    message: 'Cannot ever use rule 2 "late": rule 1 "everybody" takes every request before it',
    remedy: "Move the rule up, or remove it",
    ref: {
      group: "networking.istio.io",
      kind: "VirtualService",
      namespace: NAMESPACE,
      name: "catalog",
    },
    field: "spec.http[2]",
    position: { file: "catalog-routes.yaml", line: 21, column: 7 },
  },
  {
    severity: "error",
    code: "WEFT106",
    message: 'Cannot read the weight of reviews-v3: found "twenty", must be a number of 0 or more',
    remedy: "Write 20; the last good version of this object stays in effect until then",
    ref: {
      group: "gateway.networking.k8s.io",
      kind: "HTTPRoute",
      namespace: NAMESPACE,
      name: "reviews",
    },
    field: "spec.rules[0].backendRefs[2].weight",
    position: { file: "reviews-route.yaml", line: 13, column: 51 },
  },
];

const CHANGE: MeshChange = {
  atMs: START_MS - 95_000,
  objects: [
    {
      ...{ kind: "VirtualService", namespace: "bookshop", name: "reviews" },
      ...{ what: "changed", file: "reviews-route.yaml" },
    },
  ],
  further: 0,
};

export function bookshopView(second: number): MeshView {
  const ready = second < 2 ? WORKLOADS.length - 1 : WORKLOADS.length;
  return {
    atMs: START_MS + second * 1000,
    windowMs: WINDOW_MS,
    status: {
      name: "bookshop",
      trustDomain: "mesh.local",
      version: "0.1.0",
      startedAtMs: START_MS - 720_000,
      uptimeMs: 720_000 + second * 1000,
      revision: 7,
      workloads: { declared: WORKLOADS.length, meshed: WORKLOADS.length, ready },
      proxyVersions: [{ version: "0.1.0", count: WORKLOADS.length }],
      diagnostics: { errors: 1, warnings: 1 },
    },
    workloads: WORKLOADS.map(([name, version], i) => workloadRow(name, version, i, second)),
    stat: WORKLOADS.map(([name, , traffic], i) => statRow(name, traffic, second, i)),
    edges: CALLS.map(([from, to, traffic], i) => edgeRow(from, to, traffic, second + i)),
    routes: ROUTES.map((sample, i) => routeRow(sample, second + i)),
    diagnostics: DIAGNOSTICS,
    checks: [],
    changes: [CHANGE],
    unmeshed: [],
  };
}

function workloadRow(name: string, version: string, i: number, second: number): WorkloadRow {
  const app = appOf(name);
  return {
    namespace: NAMESPACE,
    name,
    pod: null,
    app,
    version,
    serviceAccount: app,
    services: [app],
    source: "declared",
    isMeshed: true,
    isReady: name !== "shipping" || second >= 2,
    restarts: name === "shipping" ? 1 : 0,
    address: `127.64.0.${i + 2}:15008`,
    metrics: `127.64.0.${i + 2}:15020`,
    identity: identityOf(name),
    certificateExpiresAtMs: START_MS + 86_400_000,
    proxyVersion: "0.1.0",
    revision: 7,
  };
}

function statRow(name: string, traffic: Traffic | null, second: number, i: number): StatRow {
  return {
    ...metricsOf(traffic, second + i),
    kind: "workload",
    namespace: NAMESPACE,
    name,
    meshed: 1,
    workloads: 1,
    connectionsOpen: 4,
    cpuMsPerSecond: 2 + (traffic?.rps ?? 40) * 0.18 + wave(second + i),
    memoryBytes: (31 + (i % 4) * 1.7) * 1024 * 1024,
  };
}

function edgeRow(from: string, to: string, traffic: Traffic, phase: number): EdgeRow {
  const end = (workload: string) => ({
    namespace: NAMESPACE,
    workload,
    identity: identityOf(workload),
  });
  return { ...metricsOf(traffic, phase), source: end(from), destination: end(to), isSecured: true };
}

function routeRow([service, route, rule, backend, traffic]: RouteSample, phase: number): RouteRow {
  const ofRule = ROUTES.filter((other) => other[0] === service && other[2] === rule);
  const total = ofRule.reduce((sum, other) => sum + other[4].rps, 0);
  return {
    ...metricsOf(traffic, phase),
    service: { namespace: NAMESPACE, name: service, port: 9080 },
    route,
    rule,
    backend,
    share: traffic.rps / total,
  };
}

function metricsOf(traffic: Traffic | null, phase: number): GoldenMetrics {
  const { rps: meanRps, p50Ms, failing = 0 } = traffic ?? { rps: 0, p50Ms: 0 };
  const rps = meanRps * (1 + 0.12 * wave(phase));
  const requests = Math.round(rps * (WINDOW_MS / 1000));
  const failures = Math.round(requests * failing);
  const latency = (factor: number) => (requests === 0 ? null : p50Ms * factor);
  return {
    requests,
    failures,
    retries: 0,
    successRate: requests === 0 ? null : (requests - failures) / requests,
    rps,
    latencyP50Ms: latency(1 + 0.05 * wave(phase)),
    latencyP95Ms: latency(2.4 + 0.3 * wave(phase * 1.3)),
    latencyP99Ms: latency(4.1 + wave(phase * 1.7)),
    inFlight: Math.round((rps * p50Ms) / 120),
  };
}

// -1 to 1, never quite periodic.
function wave(phase: number): number {
  return (Math.sin(phase / 5) + Math.sin(phase / 1.7) + Math.sin(phase * 1.9)) / 3;
}

function appOf(name: string): string {
  return name.replace(/-v\d+$/, "");
}

function identityOf(name: string): string {
  return `spiffe://mesh.local/ns/${NAMESPACE}/sa/${appOf(name)}`;
}
