// Faults that a rule injects, with their causes and flags.

import assert from "node:assert/strict";
import { get } from "node:http";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { metricsOf, trafficMesh, virtualService } from "./support/traffic-mesh.ts";

const DELAY_MS = 800;
const ROUNDS = 400;

test("an abort is answered by the proxy, and nothing gets to the application", async (t) => {
  const route = virtualService(
    "      fault: { abort: { httpStatus: 418, percentage: { value: 100 } } }",
  );
  const mesh = await trafficMesh(t, { route, answer: (_, response) => response.end() });
  const answer = await fetch(mesh.url);
  assert.equal(answer.status, 418);
  assert.equal(answer.headers.get("weft-cause"), "fault-injected");
  assert.equal(mesh.echo.length, 0);
  const metrics = await metricsOf(mesh.caller);
  assert.match(metrics, /istio_requests_total\{[^}]*response_code="418",response_flags="FI"/);
});

test("a gRPC call that is aborted gets the status that the rule names", async (t) => {
  const route = virtualService(
    "      fault: { abort: { grpcStatus: RESOURCE_EXHAUSTED, percentage: { value: 100 } } }",
  );
  const mesh = await trafficMesh(t, { route, answer: (_, response) => response.end() });
  const headers = { "content-type": "application/grpc" };
  const call = await fetch(mesh.url, { method: "POST", headers });
  assert.equal(call.status, 200);
  assert.equal(call.headers.get("grpc-status"), "8");
  assert.equal((await fetch(mesh.url)).status, 429);
});

test("a delay holds a request up before it goes anywhere, and is no part of its timeout", async (t) => {
  const route =
    virtualService(`      fault: { delay: { fixedDelay: ${DELAY_MS}ms, percentage: { value: 100 } } }
      timeout: ${DELAY_MS - 100}ms`);
  const mesh = await trafficMesh(t, { route, answer: ({ body }, response) => response.end(body) });
  const beganMs = performance.now();
  const answer = await fetch(mesh.url, { method: "POST", body: "kept" });
  assert.equal(await answer.text(), "kept");
  assert.ok(performance.now() - beganMs >= DELAY_MS);
  const metrics = await metricsOf(mesh.caller);
  assert.match(metrics, /istio_requests_total\{[^}]*response_code="200",response_flags="DI"/);
  assert.doesNotMatch(metrics, /weft_answers_total\{cause="delay-injected"/);
});

test("a request that is given up while it is delayed reaches nobody", async (t) => {
  const route = virtualService(
    `      fault: { delay: { fixedDelay: ${DELAY_MS}ms, percentage: { value: 100 } } }`,
  );
  const mesh = await trafficMesh(t, { route, answer: (_, response) => response.end() });
  const asking = get(mesh.url).on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, DELAY_MS / 4));
  asking.socket?.resetAndDestroy();
  await new Promise((resolve) => setTimeout(resolve, 2 * DELAY_MS));
  assert.equal(mesh.echo.length, 0);
});

test("a percentage hits that share, and the deprecated one is read, too", async (t) => {
  for (const share of ["percentage: { value: 25 }", "percent: 25"]) {
    const route = virtualService(`      fault: { abort: { httpStatus: 503, ${share} } }`);
    const mesh = await trafficMesh(t, { route, answer: (_, response) => response.end() });
    let aborted = 0;
    for (let asked = 0; asked < ROUNDS; asked++) {
      const answer = await fetch(mesh.url);
      await answer.arrayBuffer();
      if (answer.status === 503) aborted++;
    }
    assert.ok(Math.abs(aborted / ROUNDS - 0.25) < 0.07, `${aborted} of ${ROUNDS}`);
  }
});
