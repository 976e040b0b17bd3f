// A telemetry to test, and a key to count under.

import { FakeClock } from "#base/fake-clock.ts";
import type { MetricsOffPlan } from "#snapshot/metrics-off-plan.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { Telemetry } from "./telemetry.ts";

const REVIEWS: WorkloadPlan = {
  namespace: "bookshop",
  name: "reviews-v1",
  serviceAccount: "reviews",
  app: "reviews",
  version: "v1",
};

export function startTelemetry(
  clock = new FakeClock(),
  workload = () => REVIEWS,
  metricsOff?: MetricsOffPlan,
): Telemetry {
  return new Telemetry({
    metricsOff: () => metricsOff,
    countsTraffic: true,
    clock,
    version: "0.1.0",
    workload,
    gauges: {
      cpuMs: () => 1500,
      memoryBytes: () => 50_000_000,
      connectionsOpen: () => 4,
      overload: () => ({ level: 0, pressures: { heap: 0.5 }, shed: { buffers: 0 } }),
      certificateExpiresAtMs: () => Date.UTC(2026, 0, 2),
    },
  });
}

export function callKey(other: Partial<SeriesKey> = {}): SeriesKey {
  return {
    reporter: "destination",
    sourceNamespace: "bookshop",
    sourceWorkload: "web",
    sourceIdentity: "spiffe://mesh.local/ns/bookshop/sa/web",
    destinationNamespace: "bookshop",
    destinationWorkload: "reviews-v1",
    destinationIdentity: "spiffe://mesh.local/ns/bookshop/sa/reviews",
    destinationService: "reviews",
    destinationServiceNamespace: "bookshop",
    destinationPort: 9080,
    route: "default 0",
    backend: "reviews",
    isMutualTls: true,
    ...other,
  };
}

// The value of the one sample that starts so.
export function sampleOf(text: string, start: string): number | undefined {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${start} `));
  return line === undefined ? undefined : Number(line.slice(start.length + 1));
}
