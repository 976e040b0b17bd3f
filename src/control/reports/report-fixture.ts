// Reports and workloads to test with.

import type { WorkloadRow } from "#api/workload-row.ts";
import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import type { Report, SeriesDelta, SeriesKey } from "#snapshot/report.ts";

export const WEB = { namespace: "bookshop", workload: "web" };
export const REVIEWS = { namespace: "bookshop", workload: "reviews-v1" };

export function keyOf(other: Partial<SeriesKey> = {}): SeriesKey {
  return {
    reporter: "source",
    sourceNamespace: "bookshop",
    sourceWorkload: "web",
    sourceIdentity: "spiffe://mesh.local/ns/bookshop/sa/web",
    destinationNamespace: "bookshop",
    destinationWorkload: "reviews-v1",
    destinationIdentity: "spiffe://mesh.local/ns/bookshop/sa/reviews",
    destinationService: "reviews",
    destinationServiceNamespace: "bookshop",
    destinationPort: 9080,
    route: "HTTPRoute bookshop/reviews 0",
    backend: "v1",
    isMutualTls: true,
    ...other,
  };
}

// `successes` requests that took `ms` each, by the bound of their bucket.
export function deltaOf(
  key: SeriesKey,
  { successes = 0, failures = 0, inFlight = 0, ms = 10 } = {},
): SeriesDelta {
  const count = successes + failures;
  return {
    key,
    successes,
    failures,
    statuses: [[200, count]],
    causes: [],
    retries: 0,
    latency: count > 0 ? [[LATENCY_BOUNDS_MS.indexOf(ms), count]] : [],
    requestBytes: 0,
    responseBytes: 0,
    inFlight,
  };
}

export function reportOf(series: readonly SeriesDelta[], windowMs = 1000): Report {
  return {
    atMs: 0,
    windowMs,
    series,
    lost: 0,
    process: { cpuMs: 20, memoryBytes: 50_000_000, connectionsOpen: 3 },
  };
}

export function workloadRow(name: string, services: readonly string[]): WorkloadRow {
  return {
    namespace: "bookshop",
    name,
    pod: null,
    app: name,
    version: "",
    serviceAccount: name,
    services,
    source: "declared",
    isMeshed: true,
    isReady: true,
    restarts: 0,
    address: null,
    metrics: null,
    identity: null,
    certificateExpiresAtMs: null,
    proxyVersion: null,
    revision: null,
  };
}
