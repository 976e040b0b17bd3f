import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { type Family, parseOpenMetrics } from "./parse-open-metrics.ts";
import { callKey, startTelemetry } from "./telemetry-fixture.ts";

test("a scrape keeps every rule of the format", () => {
  const families = parseOpenMetrics(busyText());
  const names = families.map(({ name }) => name);
  assert.deepEqual(names, [
    "istio_requests",
    "istio_request_duration_milliseconds",
    "istio_request_bytes",
    "istio_response_bytes",
    "istio_tcp_connections_opened",
    "istio_tcp_connections_closed",
    "istio_tcp_received_bytes",
    "istio_tcp_sent_bytes",
    "request",
    "response",
    "response_latency_ms",
    "tcp_open",
    "tcp_close",
    "tcp_open_connections",
    "tcp_read_bytes",
    "tcp_write_bytes",
    "weft_route_requests",
    "weft_requests_in_flight",
    "weft_answers",
    "weft_retries",
    "weft_series_lost",
    "weft_series",
    "weft_build",
    "process_cpu_seconds",
    "process_resident_memory_bytes",
    "weft_connections_open",
    "weft_overload_level",
    "weft_overload_pressure",
    "weft_overload_shed",
    "identity_cert_expiration_timestamp_seconds",
  ]);
  for (const family of families) {
    checkNames(family);
    if (family.type === "histogram") checkHistogram(family);
  }
});

test("metrics that a document switches off are not told of that side, and others are", () => {
  const off = { source: ["requests", "tcp_opened"], destination: ["request_duration"] } as const;
  const telemetry = startTelemetry(new FakeClock(), undefined, off);
  for (const reporter of ["source", "destination"] as const) {
    const series = telemetry.series(callKey({ reporter }));
    series.began();
    series.ended(200, "", 5, 5, 0, 0);
    series.tunnels!.began();
  }
  const families = parseOpenMetrics(telemetry.render());
  const sidesOf = (wanted: string) => {
    const { samples } = families.find(({ name }) => name === wanted)!;
    return [...new Set(samples.map(({ labels }) => labels.get("reporter")))];
  };
  assert.deepEqual(sidesOf("istio_requests"), ["destination"]);
  assert.deepEqual(sidesOf("istio_request_duration_milliseconds"), ["source"]);
  assert.deepEqual(sidesOf("istio_request_bytes"), ["source", "destination"]);
  assert.deepEqual(sidesOf("istio_tcp_connections_opened"), ["destination"]);
  assert.deepEqual(sidesOf("istio_tcp_sent_bytes"), ["source", "destination"]);
  const requests = families.find(({ name }) => name === "request")!;
  assert.ok(requests.samples.length > 0, "only under Istio's names");
});

test("Istio's labels say who asked whom, and how it was answered", () => {
  const [requests] = parseOpenMetrics(busyText());
  const ok = requests!.samples.find(({ labels }) => labels.get("response_code") === "200");
  assert.equal(ok!.value, 3, "routes that Istio has no label for are added up");
  assert.deepEqual(Object.fromEntries(ok!.labels), {
    reporter: "destination",
    source_workload: "web",
    source_workload_namespace: "bookshop",
    source_principal: "spiffe://mesh.local/ns/bookshop/sa/web",
    source_app: "unknown",
    source_version: "unknown",
    source_canonical_service: "web",
    source_canonical_revision: "latest",
    source_cluster: "unknown",
    destination_workload: "reviews-v1",
    destination_workload_namespace: "bookshop",
    destination_principal: "spiffe://mesh.local/ns/bookshop/sa/reviews",
    destination_app: "reviews",
    destination_version: "v1",
    destination_canonical_service: "reviews",
    destination_canonical_revision: "v1",
    destination_cluster: "unknown",
    destination_service: "reviews.bookshop.svc.cluster.local",
    destination_service_name: "reviews",
    destination_service_namespace: "bookshop",
    request_protocol: "http",
    response_code: "200",
    response_flags: "-",
    grpc_response_status: "",
    connection_security_policy: "mutual_tls",
  });
  const refused = requests!.samples.find(({ labels }) => labels.get("response_code") === "503");
  assert.equal(refused!.labels.get("response_flags"), "UH");
});

test("Linkerd's labels tell the direction and whether it went well", () => {
  const response = parseOpenMetrics(busyText()).find(({ name }) => name === "response");
  const outbound = response!.samples.find(({ labels }) => labels.get("direction") === "outbound");
  assert.deepEqual(Object.fromEntries(outbound!.labels), {
    direction: "outbound",
    namespace: "bookshop",
    deployment: "reviews-v1",
    tls: "true",
    authority: "ratings.bookshop.svc.cluster.local:9080",
    dst_namespace: "bookshop",
    dst_service: "ratings",
    dst_deployment: "ratings-v1",
    server_id: "spiffe://mesh.local/ns/bookshop/sa/ratings",
    status_code: "503",
    classification: "failure",
  });
});

test("connections that are only bytes are TCP, under either name, and no requests", () => {
  const telemetry = startTelemetry();
  const { tunnels } = telemetry.series(callKey());
  tunnels!.began();
  tunnels!.began();
  tunnels!.moved!(100, 2000);
  tunnels!.ended(200, "", 10, 1, 100, 2000);
  const text = telemetry.render();
  const families = parseOpenMetrics(text);
  const amountOf = (name: string, sampleName = `${name}_total`) => {
    const { samples } = families.find((family) => family.name === name)!;
    assert.equal(samples.length, 1, name);
    assert.equal(samples[0]!.name, sampleName);
    return samples[0]!.value;
  };
  assert.equal(amountOf("istio_tcp_connections_opened"), 2);
  assert.equal(amountOf("istio_tcp_connections_closed"), 1);
  assert.equal(amountOf("istio_tcp_received_bytes"), 100);
  assert.equal(amountOf("istio_tcp_sent_bytes"), 2000);
  assert.equal(amountOf("tcp_open"), 2);
  assert.equal(amountOf("tcp_close"), 1);
  assert.equal(amountOf("tcp_open_connections", "tcp_open_connections"), 1);
  assert.equal(amountOf("tcp_read_bytes"), 100);
  assert.equal(amountOf("tcp_write_bytes"), 2000);
  assert.doesNotMatch(text, /istio_requests_total\{|\nrequest_total\{/);
  assert.match(text, /istio_tcp_sent_bytes_total\{.*request_protocol="tcp",response_flags="-"\}/);
});

test("a gRPC call's protocol is grpc", () => {
  const telemetry = startTelemetry();
  const series = telemetry.series(callKey());
  series.began();
  series.ended(200, "", 3, 3, 10, 20, "0");
  const [requests] = parseOpenMetrics(telemetry.render());
  assert.equal(requests!.samples[0]!.labels.get("request_protocol"), "grpc");
});

test("a request that its caller traces is the example of the bucket that it falls into", () => {
  const telemetry = startTelemetry();
  const series = telemetry.series(callKey());
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  series.began();
  series.ended(200, "", 7, 3, 10, 20, "", { traceId, durationMs: 7, firstByteMs: 3, atMs: 1500 });
  const lines = telemetry.render().split("\n");
  const withExample = lines.filter((line) => line.includes("trace_id"));
  assert.deepEqual(
    withExample.map((line) => /^(\w+)\{.*,le="([\d.]+)"\} 1 # (.*)$/.exec(line)?.slice(1)),
    [
      ["istio_request_duration_milliseconds_bucket", "10.0", `{trace_id="${traceId}"} 7 1.500`],
      ["response_latency_ms_bucket", "3.0", `{trace_id="${traceId}"} 3 1.500`],
    ],
  );
});

test("the older text format has the same samples, and nothing that it doesn't know", () => {
  const telemetry = startTelemetry();
  count(telemetry.series(callKey()), 200, "");
  const samplesOf = (text: string) => text.split("\n").filter((line) => !line.startsWith("#"));
  const older = [...telemetry.renderPieces("text")].join("");
  assert.deepEqual(samplesOf(older), samplesOf(telemetry.render()));
  assert.match(older, /# HELP istio_requests_total Requests, by who/);
  assert.match(older, /# TYPE istio_requests_total counter\n/);
  assert.match(older, /# TYPE weft_build_info gauge\nweft_build_info\{/);
  assert.doesNotMatch(older, /# UNIT|# EOF|trace_id/);
});

test("pieces are small, however many series there are", () => {
  const telemetry = startTelemetry();
  for (let i = 0; i < 500; i++) {
    const series = telemetry.series(callKey({ sourceWorkload: `w${i}` }));
    for (const status of [200, 404, 503]) count(series, status, "");
  }
  let pieces = 0;
  for (const piece of telemetry.renderPieces("openmetrics")) {
    pieces++;
    assert.ok(piece.length < 40_000);
  }
  assert.ok(pieces > 500 * 3 * 4);
});

test("a hostile name stays inside its label", () => {
  const telemetry = startTelemetry();
  const name = 'x",evil="1"} 9\n# EOF\n\\';
  count(telemetry.series(callKey({ sourceWorkload: name })), 200, "");
  const [requests] = parseOpenMetrics(telemetry.render());
  assert.equal(requests!.samples.length, 1);
  assert.equal(requests!.samples[0]!.labels.get("source_workload"), name);
});

test("labels follow the plan, with the counts that they had", () => {
  let workload = {
    namespace: "bookshop",
    name: "web",
    serviceAccount: "web",
    app: "",
    version: "",
  };
  const telemetry = startTelemetry(new FakeClock(), () => workload);
  count(telemetry.series(callKey()), 200, "");
  telemetry.render();
  workload = { ...workload, version: "v7" };
  const [requests] = parseOpenMetrics(telemetry.render());
  assert.equal(requests!.samples[0]!.labels.get("destination_version"), "v7");
  assert.equal(requests!.samples[0]!.value, 1);
});

test("a proxy without traffic has a valid scrape, too", () => {
  const families = parseOpenMetrics(startTelemetry().render());
  assert.equal(families[0]!.samples.length, 0);
});

function busyText(): string {
  const telemetry = startTelemetry();
  count(telemetry.series(callKey()), 200, "");
  count(telemetry.series(callKey({ route: "HTTPRoute bookshop/reviews 0" })), 200, "");
  count(telemetry.series(callKey({ backend: "v2" })), 200, "");
  count(telemetry.series(callKey()), 503, "no-endpoint");
  const outbound = callKey({
    reporter: "source",
    sourceWorkload: "reviews-v1",
    destinationWorkload: "ratings-v1",
    destinationIdentity: "spiffe://mesh.local/ns/bookshop/sa/ratings",
    destinationService: "ratings",
  });
  for (const ms of [0.05, 0.5, 7, 70, 700, 7e6]) {
    count(telemetry.series(outbound), 503, "upstream-reset", ms);
  }
  return telemetry.render();
}

function count(
  series: ReturnType<ReturnType<typeof startTelemetry>["series"]>,
  status: number,
  cause: string,
  durationMs = 3,
): void {
  series.began();
  series.ended(status, cause, durationMs, durationMs, 10, 20);
}

function checkNames({ name, type, unit, samples }: Family): void {
  if (unit !== "") assert.ok(name.endsWith(`_${unit}`), `${name} does not end in ${unit}`);
  assert.ok(!name.endsWith("_total"), name);
  const suffixes = {
    counter: ["_total"],
    gauge: [""],
    info: ["_info"],
    histogram: ["_bucket", "_sum", "_count"],
  }[type];
  for (const sample of samples) {
    assert.ok(suffixes!.includes(sample.name.slice(name.length)), sample.name);
    assert.ok(sample.value >= 0);
  }
}

function checkHistogram({ name, samples }: Family): void {
  let before = 0;
  let bound = Number.NEGATIVE_INFINITY;
  for (const { name: sampleName, labels, value } of samples) {
    if (!sampleName.endsWith("_bucket")) continue;
    const le = labels.get("le") === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.get("le"));
    if (le < bound) before = 0; // the next label set
    assert.ok(value >= before, `${name} falls at ${le}`);
    before = value;
    bound = le;
  }
  const infinite = samples.filter(({ labels }) => labels.get("le") === "+Inf");
  const totals = samples.filter((sample) => sample.name === `${name}_count`);
  assert.ok(totals.length > 0);
  assert.deepEqual(
    infinite.map(({ value }) => value),
    totals.map(({ value }) => value),
  );
}
