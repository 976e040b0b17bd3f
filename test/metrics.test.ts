// /metrics of sidecars: the names and labels that dashboards for Istio and Linkerd expect, and
// exactly the requests that were made.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { parseOpenMetrics } from "#proxy/telemetry/parse-open-metrics.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { OPEN_METRICS } from "./support/open-metrics.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { workloadRow } from "./support/workload-credentials.ts";

const PLANNED = [
  { path: "/", status: 200, count: 60 },
  { path: "/?status=404", status: 404, count: 7 },
  { path: "/?status=500", status: 500, count: 5 },
] as const;
const ALL = PLANNED.reduce((sum, { count }) => sum + count, 0);
const REFUSED = 3;
const CALLER = "spiffe://mesh.local/ns/shop/sa/caller";
const ECHO = "spiffe://mesh.local/ns/shop/sa/echo";

const requester = new Requester(4);
let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["echo"] }) +
        echoWorkload({ name: "echo", version: "v1" }) +
        echoService("echo"),
    },
  });
  const url = dependencyUrl(mesh, "shop/caller", "echo");
  for (const { path, count, status } of PLANNED) {
    const answers = Array.from({ length: count }, () => requester.ask(`${url}${path}`));
    for (const answer of await Promise.all(answers)) assert.equal(answer.status, status);
  }
  const { origin } = new URL(url);
  for (let i = 0; i < REFUSED; i++) await requester.ask(`${origin}/~wrong/echo.shop:80/`);
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("the caller's sidecar counts exactly the requests that were made, under Istio's names", async () => {
  await eventually("all are counted", async () => {
    return (await total("shop/caller", "istio_requests_total", MADE_BY_CALLER)) === ALL;
  });
  for (const { status, count } of PLANNED) {
    const labels = { ...MADE_BY_CALLER, response_code: String(status), response_flags: "-" };
    assert.equal(await total("shop/caller", "istio_requests_total", labels), count);
  }
});

test("the callee's sidecar counts the same requests from its side", async () => {
  for (const { status, count } of PLANNED) {
    const labels = { ...TAKEN_BY_ECHO, response_code: String(status) };
    assert.equal(await total("shop/echo", "istio_requests_total", labels), count);
  }
  assert.equal(await total("shop/echo", "istio_requests_total", {}), ALL);
});

test("both count the same under Linkerd's names, with success and failure told apart", async () => {
  const outbound = { direction: "outbound", tls: "true", dst_service: "echo", server_id: ECHO };
  const inbound = { direction: "inbound", tls: "true", client_id: CALLER, deployment: "echo" };
  for (const [workload, labels] of [
    ["shop/caller", outbound],
    ["shop/echo", inbound],
  ] as const) {
    assert.equal(await total(workload, "request_total", labels), ALL);
    assert.equal(await total(workload, "response_total", labels), ALL);
    const failed = { ...labels, classification: "failure", status_code: "500" };
    assert.equal(await total(workload, "response_total", failed), 5);
    assert.equal(await total(workload, "response_latency_ms_count", labels), ALL);
  }
});

test("durations and sizes are there for each request, and nothing is in flight any more", async () => {
  for (const name of [
    "istio_request_duration_milliseconds",
    "istio_request_bytes",
    "istio_response_bytes",
  ]) {
    assert.equal(await total("shop/caller", `${name}_count`, MADE_BY_CALLER), ALL, name);
    const infinite = { ...MADE_BY_CALLER, le: "+Inf" };
    assert.equal(await total("shop/caller", `${name}_bucket`, infinite), ALL, name);
  }
  assert.ok((await total("shop/caller", "istio_response_bytes_sum", MADE_BY_CALLER)) > ALL * 100);
  assert.equal(await total("shop/caller", "weft_requests_in_flight", {}), 0);
});

test("what a sidecar answered itself stands under its cause, apart from the service's numbers", async () => {
  const cause = { cause: "secret-missing" };
  assert.equal(await total("shop/caller", "weft_answers_total", cause), REFUSED);
  const refused = { reporter: "source", response_code: "403" };
  assert.equal(await total("shop/caller", "istio_requests_total", refused), REFUSED);
  assert.equal(await total("shop/caller", "istio_requests_total", {}), ALL + REFUSED);
  const expires = await total("shop/caller", "identity_cert_expiration_timestamp_seconds", {});
  assert.ok(expires > 1_700_000_000);
});

const MADE_BY_CALLER = {
  ...{ reporter: "source", request_protocol: "http", connection_security_policy: "mutual_tls" },
  ...{ source_workload: "caller", source_workload_namespace: "shop", source_principal: CALLER },
  ...{ destination_workload: "echo", destination_workload_namespace: "shop" },
  ...{ destination_principal: ECHO, destination_service: "echo.shop.svc.cluster.local" },
  ...{ destination_service_name: "echo", destination_service_namespace: "shop" },
};

const TAKEN_BY_ECHO = {
  ...{ reporter: "destination", connection_security_policy: "mutual_tls" },
  ...{ source_workload_namespace: "shop", source_principal: CALLER },
  ...{ destination_workload: "echo", destination_principal: ECHO },
  ...{ destination_app: "echo", destination_version: "v1" },
};

// Of all samples that have these labels, whichever others they have.
async function total(
  workload: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const { metrics } = await workloadRow(mesh, workload);
  const { status, headers, text } = await requester.ask(`http://${metrics}/metrics`, OPEN_METRICS);
  assert.equal(status, 200);
  assert.match(headers["content-type"] ?? "", /application\/openmetrics-text/);
  return parseOpenMetrics(text)
    .flatMap(({ samples }) => samples)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([n, v]) => sample.labels.get(n) === v))
    .reduce((sum, { value }) => sum + value, 0);
}
