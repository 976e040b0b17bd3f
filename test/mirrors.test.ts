// Copies of requests at other backends: what gets there, and that nobody waits for it.

import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import {
  type Answerer,
  httpRoute,
  metricsOf,
  type TrafficMesh,
  trafficMesh,
  virtualService,
} from "./support/traffic-mesh.ts";

const BODY_MAX = 64 * 1024;
const WAIT_MS = 3_000;
const STEP_MS = 20;
const echoing: Answerer = ({ body }, response) => response.end(body);

test("a mirror gets a copy of each request, with its body and a marked authority", async (t) => {
  const route = virtualService("      mirror: { host: shadow }");
  const mesh = await trafficMesh(t, { route, answer: echoing });
  const body = "x".repeat(BODY_MAX);
  const answer = await fetch(`${mesh.url}/some/path?q=1`, { method: "POST", body });
  assert.equal(await answer.text(), body);
  await eventually(() => mesh.shadow.length === 1);
  const copy = { method: "POST", url: "/some/path?q=1", host: "echo-shadow:8080", body };
  assert.deepEqual(mesh.shadow, [copy]);
  await counted(mesh, 'backend="shop/shadow",outcome="answered"} 1');
});

test("HTTPRoutes have several mirrors, each with its share, and the authority stays", async (t) => {
  const route = httpRoute(`      filters:
        - { type: RequestMirror, requestMirror: { backendRef: { name: shadow, port: 8080 } } }
        - type: RequestMirror
          requestMirror:
            backendRef: { name: echo, port: 8080 }
            percent: 0
        - type: RequestMirror
          requestMirror:
            backendRef: { name: shadow, port: 8080 }
            fraction: { numerator: 3, denominator: 3 }`);
  const mesh = await trafficMesh(t, { route, answer: echoing });
  await fetch(mesh.url);
  await eventually(() => mesh.shadow.length === 2);
  assert.equal(mesh.echo.length, 1);
  assert.equal(mesh.shadow[0]!.host, "echo:8080");
});

test("a mirror that fails or never answers changes nothing for those who asked", async (t) => {
  const route = virtualService("      mirrors: [{ destination: { host: shadow } }]");
  const shadow: Answerer = (_, response, count) => {
    if (count % 2 === 0) response.socket?.destroy();
  };
  const mesh = await trafficMesh(t, { route, answer: echoing, shadow });
  const beganMs = performance.now();
  for (let asked = 1; asked <= 20; asked++) {
    const answer = await fetch(mesh.url, { method: "POST", body: `${asked}` });
    assert.equal(answer.status, 200);
    assert.equal(await answer.text(), `${asked}`);
  }
  assert.ok(performance.now() - beganMs < WAIT_MS);
  await eventually(() => mesh.shadow.length === 20);
  assert.equal(mesh.echo.length, 20);
});

test("a body that is too large for a copy isn't mirrored, and that is counted", async (t) => {
  const route = virtualService("      mirror: { host: shadow }");
  const mesh = await trafficMesh(t, { route, answer: echoing });
  const body = "x".repeat(BODY_MAX + 1);
  assert.equal((await (await fetch(mesh.url, { method: "PUT", body })).text()).length, body.length);
  await counted(mesh, 'outcome="body-not-copied"} 1');
  assert.equal(mesh.shadow.length, 0);
});

test("a request that is tried again is mirrored once", async (t) => {
  const route = virtualService(`      mirror: { host: shadow }
      retries: { attempts: 3, retryOn: "503", backoff: 5ms }`);
  const answer: Answerer = (_, response, count) => {
    response.statusCode = count < 3 ? 503 : 200;
    response.end();
  };
  const mesh = await trafficMesh(t, { route, answer });
  assert.equal((await fetch(mesh.url, { method: "PUT", body: "x" })).status, 200);
  assert.equal(mesh.echo.length, 3);
  await counted(mesh, 'outcome="answered"} 1');
  assert.equal(mesh.shadow.length, 1);
});

async function counted({ caller }: TrafficMesh, sample: string): Promise<void> {
  let metrics = "";
  const untilMs = performance.now() + WAIT_MS;
  while (performance.now() < untilMs) {
    metrics = await metricsOf(caller);
    if (metrics.includes(sample)) return;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  const lines = metrics.split("\n").filter((line) => line.startsWith("weft_mirrored"));
  assert.fail(`${sample} in ${lines.join("\n")}`);
}

async function eventually(holds: () => boolean): Promise<void> {
  const untilMs = performance.now() + WAIT_MS;
  while (!holds() && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  assert.ok(holds());
}
