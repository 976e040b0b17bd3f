import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { deltaOf, keyOf, REVIEWS, reportOf, WEB, workloadRow } from "./report-fixture.ts";
import { Reports } from "./reports.ts";

const ROSTER = [
  workloadRow("web", ["web"]),
  workloadRow("reviews-v1", ["reviews"]),
  workloadRow("reviews-v2", ["reviews"]),
];
const INBOUND = keyOf({ reporter: "destination", route: "default 0" });
const ALL = { namespace: undefined, name: undefined };

test("a window holds what happened in it, to the request, wherever it starts", () => {
  const { clock, reports } = startReports();
  for (let second = 1; second <= 60; second++) {
    clock.advance(1000);
    reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 9, failures: 1 })]));
  }
  for (const offsetMs of [0, 300, 600]) {
    clock.advance(offsetMs === 0 ? 0 : 300);
    for (const windowMs of [1000, 10_000, 60_000]) {
      const [row] = reviews(reports, windowMs);
      assert.equal(row!.requests, windowMs / 100);
      assert.equal(row!.rps, 10);
      assert.equal(row!.successRate, 0.9);
    }
  }
});

test("a workload that stops is seen to stop, not to go on", () => {
  const { clock, reports } = startReports();
  for (let second = 1; second <= 10; second++) {
    clock.advance(1000);
    reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 10, inFlight: 2 })]));
  }
  assert.equal(reviews(reports, 10_000)[0]!.inFlight, 2);
  clock.advance(5000);
  const [row] = reviews(reports, 10_000);
  assert.equal(row!.requests, 50);
  assert.equal(row!.inFlight, 0, "what a silent proxy had in flight is not known");
  assert.equal(row!.memoryBytes, 0);
  clock.advance(10_000);
  assert.equal(reviews(reports, 10_000)[0]!.successRate, null);
});

test("a report over 15 seconds is spread over them", () => {
  const { clock, reports } = startReports();
  clock.advance(15_000);
  reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 150 })], 15_000));
  assert.equal(reviews(reports, 5000)[0]!.requests, 50);
  assert.equal(reviews(reports, 60_000)[0]!.requests, 150);
});

test("a proxy that restarts adds to what its predecessor told", () => {
  const { clock, reports } = startReports();
  clock.advance(1000);
  reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 100, inFlight: 7 })]));
  clock.advance(3000); // killed with 7 in flight, and started anew
  reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 5 })]));
  const [row] = reviews(reports, 10_000);
  assert.equal(row!.requests, 105);
  assert.equal(row!.inFlight, 0);
  assert.equal(row!.connectionsOpen, 3, "of the one that lives");
});

test("a request that both sides report counts once", () => {
  const { clock, reports } = startReports();
  clock.advance(1000);
  reports.add(WEB, reportOf([deltaOf(keyOf(), { successes: 4 })]));
  reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 4 })]));
  assert.equal(reviews(reports, 10_000)[0]!.requests, 4);
  const namespace = { kind: "namespace", ...ALL, windowMs: 10_000 } as const;
  assert.equal(reports.stat(namespace, ROSTER)[0]!.requests, 4);
  const service = { kind: "service", ...ALL, name: "reviews", windowMs: 10_000 } as const;
  assert.equal(reports.stat(service, ROSTER)[0]!.requests, 4);
  assert.equal(reports.edges({ ...ALL, windowMs: 10_000 })[0]!.requests, 4);
});

test("a service counts requests that reached nobody, an edge does not", () => {
  const { clock, reports } = startReports();
  clock.advance(1000);
  const nobody = keyOf({ destinationWorkload: "", destinationIdentity: "", isMutualTls: false });
  const series = [deltaOf(keyOf(), { successes: 3 }), deltaOf(nobody, { failures: 1 })];
  reports.add(WEB, reportOf(series));
  const service = { kind: "service", ...ALL, name: "reviews", windowMs: 10_000 } as const;
  const [row] = reports.stat(service, ROSTER);
  assert.equal(row!.successRate, 0.75);
  assert.equal(row!.meshed, 2);
  const edges = reports.edges({ ...ALL, windowMs: 10_000 });
  assert.equal(edges.length, 1);
  assert.equal(edges[0]!.isSecured, true);
  assert.equal(edges[0]!.successRate, 1);
});

test("backends of a rule share its requests", () => {
  const { clock, reports } = startReports();
  clock.advance(1000);
  const other = keyOf({ backend: "v2", destinationWorkload: "reviews-v2" });
  const next = keyOf({ route: "HTTPRoute bookshop/reviews 1" });
  const series = [
    deltaOf(keyOf(), { successes: 90 }),
    deltaOf(other, { successes: 10 }),
    deltaOf(next, { successes: 5 }),
  ];
  reports.add(WEB, reportOf(series));
  const rows = reports.routes({ namespace: "bookshop", name: "reviews", windowMs: 10_000 });
  assert.deepEqual(
    rows.map(({ route, rule, backend, share }) => [route, rule, backend, share]),
    [
      ["HTTPRoute bookshop/reviews", 0, "v1", 0.9],
      ["HTTPRoute bookshop/reviews", 0, "v2", 0.1],
      ["HTTPRoute bookshop/reviews", 1, "v1", 1],
    ],
  );
});

test("latencies of several reports merge into one distribution", () => {
  const { clock, reports } = startReports();
  for (const ms of [10, 10, 10, 100]) {
    clock.advance(1000);
    reports.add(REVIEWS, reportOf([deltaOf(INBOUND, { successes: 25, ms })]));
  }
  const [row] = reviews(reports, 10_000);
  assert.ok(row!.latencyP50Ms! <= 10);
  assert.ok(row!.latencyP95Ms! > 75 && row!.latencyP95Ms! <= 100, String(row!.latencyP95Ms));
});

test("a workload without traffic has a row without figures", () => {
  const { reports } = startReports();
  const [row] = reviews(reports, 10_000);
  assert.equal(row!.successRate, null);
  assert.equal(row!.latencyP50Ms, null);
  assert.equal(row!.rps, 0);
  assert.equal(row!.workloads, 1);
});

test("a proxy speaks for its own workload only, and its numbers are numbers", () => {
  const { clock, reports } = startReports();
  clock.advance(1000);
  const good = deltaOf(INBOUND, { successes: 1 });
  const bad: unknown[] = [
    deltaOf(keyOf(), { successes: 1 }), // as web's
    deltaOf(keyOf({ reporter: "destination", destinationWorkload: "web" }), { successes: 1 }),
    { ...good, successes: -1 },
    { ...good, failures: Number.NaN },
    { ...good, latency: [[100_000, 1]] },
    { ...good, latency: "much" },
    { ...good, key: { ...INBOUND, route: "x".repeat(LIMITS.reportTextMax + 1) } },
    null,
    7,
  ];
  reports.add(REVIEWS, reportOf([...bad, good] as never));
  assert.equal(reports.lost, bad.length);
  assert.equal(reviews(reports, 10_000)[0]!.requests, 1);
});

test("more deltas than the limit shorten the history", () => {
  const { clock, reports } = startReports();
  const series = Array.from({ length: LIMITS.seriesMax }, (_, i) =>
    deltaOf(keyOf({ ...INBOUND, sourceWorkload: `w${i}` }), { successes: 1 }),
  );
  const kept = Math.floor(LIMITS.reportDeltasMax / (LIMITS.seriesMax + 1));
  for (let second = 0; second < kept + 20; second++) {
    clock.advance(1000);
    reports.add(REVIEWS, reportOf(series));
  }
  assert.equal(reviews(reports, LIMITS.reportsKeptMs)[0]!.requests, kept * LIMITS.seriesMax);
});

test("what is older than 15 minutes is forgotten, with its series and its proxy", () => {
  const { clock, reports } = startReports();
  clock.advance(1000);
  for (let i = 0; i < LIMITS.reportSeriesMax; i += 2000) {
    const series = Array.from({ length: 2000 }, (_, j) =>
      deltaOf(keyOf({ ...INBOUND, sourceWorkload: `w${i + j}` }), { successes: 1 }),
    );
    reports.add(REVIEWS, reportOf(series));
  }
  const late = reportOf([deltaOf(keyOf(), { successes: 1 })]);
  reports.add(WEB, late);
  assert.equal(reports.lost, 1, "the table of series is full");
  clock.advance(LIMITS.reportsKeptMs + 1000);
  reports.add(WEB, reportOf([]));
  reports.add(WEB, late);
  assert.equal(reports.lost, 1, "and empty again");
});

test("pods report under their controller's name, of which each may say either", () => {
  const clock = new FakeClock();
  const nameOf = (_: string, workload: string) => workload.replace(/-pod\d$/, "");
  const reports = new Reports({ clock, nameOf });
  const pods = ["reviews-v1-pod1", "reviews-v1-pod2"];
  const rows = pods.map((pod) => ({ ...workloadRow("reviews-v1", ["reviews"]), pod }));
  clock.advance(1000);
  for (const [i, workload] of pods.entries()) {
    const said = { ...INBOUND, sourceWorkload: "web-pod1" };
    // A proxy doesn't learn its controller's name before its plan.
    const destinationWorkload = i === 0 ? workload : "reviews-v1";
    const series = [deltaOf({ ...said, destinationWorkload }, { successes: 5 })];
    reports.add({ namespace: "bookshop", workload }, reportOf(series));
  }
  const forged = { ...INBOUND, destinationWorkload: "ratings" };
  const one = { namespace: "bookshop", workload: pods[0]! };
  reports.add(one, reportOf([deltaOf(forged, { successes: 1 })]));
  const query = { kind: "workload", ...ALL, windowMs: 1000 } as const;
  const [row, ...more] = reports.stat(query, rows);
  assert.deepEqual(more, []);
  assert.equal(row!.requests, 10);
  assert.equal(row!.meshed, 2);
  assert.equal(row!.memoryBytes, 100_000_000);
  assert.equal(reports.lost, 1, "nobody speaks for others");
  const outbound = deltaOf(keyOf({ sourceWorkload: "web-pod1" }), { successes: 3 });
  reports.add({ namespace: "bookshop", workload: "web-pod1" }, reportOf([outbound]));
  const [edge] = reports.edges({ ...ALL, windowMs: 1000 });
  assert.equal(edge!.source.workload, "web");
});

function startReports() {
  const clock = new FakeClock();
  return { clock, reports: new Reports({ clock }) };
}

function reviews(reports: Reports, windowMs: number) {
  const query = { kind: "workload", namespace: "bookshop", name: "reviews-v1", windowMs } as const;
  return reports.stat(query, ROSTER);
}
