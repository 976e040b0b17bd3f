// A real Prometheus scrapes the bookshop under load, and dashboards that people have find in it what
// they ask for: Istio's, Linkerd's, and ours in docs/grafana.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "../support/bookshop-documents.ts";
import {
  type DashboardQuery,
  ISTIO_QUERIES,
  LINKERD_QUERIES,
} from "../support/dashboard-queries.ts";
import { dependencyUrl } from "../support/mesh-processes.ts";
import { lintMetrics, PrometheusProcess } from "../support/prometheus-process.ts";
import { RunningMesh } from "../support/running-mesh.ts";

const GRAFANA = "docs/grafana";
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";

// What a reader of the dashboards has chosen.
const CHOSEN: Readonly<Record<string, string>> = {
  $__rate_interval: "30s",
  $__range: "30s",
  $qrep: "source",
  $service: "reviews.bookshop.svc.cluster.local",
  $tcpservice: "store.bookshop.svc.cluster.local",
  $srcwl: "web",
  $srcns: "bookshop",
  $dstsvc: ".*",
  $workload: "web",
  $namespace: "bookshop",
  $deployment: "web",
  $tcpdeployment: "store",
  $dst_service: "reviews",
};

let mesh: RunningMesh;
let prometheus: PrometheusProcess;
let targets: readonly string[] = [];

before(async () => {
  PrometheusProcess.install();
  mesh = await RunningMesh.start({ documents: bookshopDocuments({ hasLoad: true }) });
  const { rows } = await mesh.ask<Rows<WorkloadRow>>(ADMIN_PATHS.workloads);
  targets = rows.flatMap(({ metrics }) => metrics ?? []);
  prometheus = await PrometheusProcess.start(targets);
  const url = `${dependencyUrl(mesh, "bookshop/web", "catalog")}/books/1`;
  const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
  for (let i = 0; i < 10; i++) await fetch(url, { headers: { traceparent } });
  // Rates need a few scrapes.
  await wait(8000);
});

after(async () => {
  await prometheus?.stop();
  await mesh?.stop();
});

test("every sidecar is scraped", async () => {
  await eventually("all are up", async () => {
    const up = await prometheus.query("up");
    return up.length === targets.length && up.every(({ value }) => value === 1);
  });
});

test("promtool complains of nothing but names that Istio and Linkerd have chosen", async () => {
  for (const target of targets) {
    const text = await (await fetch(`http://${target}/metrics`)).text();
    const { complaints } = lintMetrics(text);
    const ours = complaints.filter(
      (line) => !/^(istio_request_duration_milliseconds|response_latency_ms) /.test(line),
    );
    assert.deepEqual(ours, []);
  }
});

test("Prometheus counts what the mesh counts", async () => {
  const [counted] = await prometheus.query(
    'sum(increase(istio_requests_total{reporter="source",source_workload="visitors"}[30s]))',
  );
  assert.ok(counted!.value > 100);
  const protocols = await prometheus.query(
    'sum(istio_requests_total{reporter="source"}) by (request_protocol)',
  );
  const names = protocols.map(({ metric }) => metric["request_protocol"]);
  assert.deepEqual(names.sort(), ["grpc", "http"]);
});

test("a traced request is an example in the histogram that counted it", async () => {
  const found = await prometheus.exemplars("istio_request_duration_milliseconds_bucket");
  assert.ok(found.includes(TRACE_ID));
});

test("the queries of Istio's dashboards return data", () => assertAnswered(ISTIO_QUERIES));

test("the queries of Linkerd's dashboards return data", () => assertAnswered(LINKERD_QUERIES));

test("the queries of our own dashboards return data", async () => {
  const files = readdirSync(GRAFANA).filter((file) => file.endsWith(".json"));
  assert.ok(files.length >= 3);
  for (const file of files) {
    const dashboard = JSON.parse(readFileSync(`${GRAFANA}/${file}`, "utf8")) as Dashboard;
    const queries = dashboard.panels.flatMap(({ title, targets: asked = [] }) =>
      asked.map(({ expr }) => ({ panel: `${file}: ${title}`, query: expr })),
    );
    assert.ok(queries.length > 5, file);
    await assertAnswered(queries);
  }
});

type Dashboard = {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
};

async function assertAnswered(queries: readonly DashboardQuery[]): Promise<void> {
  const silent: string[] = [];
  for (const { panel, query } of queries) {
    const asked = query.replaceAll(/\$\w+/g, (name) => CHOSEN[name] ?? name);
    const found = await prometheus.query(asked);
    const isAnswered = found.some(({ value }) => Number.isFinite(value));
    if (!isAnswered) silent.push(`${panel}: ${asked}`);
  }
  assert.deepEqual(silent, []);
}
