// Retries and timeouts of rules, counted where they arrive.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { type Answerer, httpRoute, trafficMesh, virtualService } from "./support/traffic-mesh.ts";

const RETRIES = "      retries: { attempts: 3, retryOn: 5xx, backoff: 5ms }";
const AT_ONCE = 5;
// The machine may be busy; course.test.ts holds times to the millisecond.
const LATE_MS = 5_000;
const BODY_MAX = 64 * 1024;

// The first `count` requests get an error, those after it what they sent.
const failing =
  (count: number, status = 503): Answerer =>
  ({ body }, response, number) => {
    response.statusCode = number <= count ? status : 200;
    response.end(number <= count ? "no" : body);
  };
const silent: Answerer = () => {};

test("a POST with an idempotency key and a body is sent again until it succeeds", async (t) => {
  const mesh = await trafficMesh(t, { route: virtualService(RETRIES), answer: failing(2) });
  const headers = { "idempotency-key": "1" };
  const body = "x".repeat(BODY_MAX);
  const answer = await fetch(mesh.url, { method: "POST", body, headers });
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), body);
  assert.deepEqual(
    mesh.echo.map((seen) => seen.body.length),
    [BODY_MAX, BODY_MAX, BODY_MAX],
  );
});

test("a body beyond the limit is sent once", async (t) => {
  const mesh = await trafficMesh(t, { route: virtualService(RETRIES), answer: failing(2) });
  const body = "x".repeat(BODY_MAX + 1);
  assert.equal((await fetch(mesh.url, { method: "PUT", body })).status, 503);
  assert.equal(mesh.echo.length, 1);
});

test("a POST that an endpoint has seen is sent once, unless the object allows it", async (t) => {
  const safe = await trafficMesh(t, { route: virtualService(RETRIES), answer: failing(2) });
  assert.equal((await fetch(safe.url, { method: "POST", body: "x" })).status, 503);
  assert.equal(safe.echo.length, 1);
  const route = virtualService(RETRIES, '{ "weft.dev/retry-unsafe": "true" }');
  const unsafe = await trafficMesh(t, { route, answer: failing(2) });
  assert.equal((await fetch(unsafe.url, { method: "POST", body: "x" })).status, 200);
  assert.equal(unsafe.echo.length, 3);
});

test("when all attempts are used, the last answer is passed on as it is", async (t) => {
  const mesh = await trafficMesh(t, { route: virtualService(RETRIES), answer: failing(9, 502) });
  const answer = await fetch(mesh.url);
  assert.equal(answer.status, 502);
  assert.equal(answer.headers.get("weft-cause"), null);
  assert.equal(await answer.text(), "no");
  assert.equal(mesh.echo.length, 4);
});

test("attempts: 0 sends a request once, and so does a status that isn't among the conditions", async (t) => {
  const none = virtualService("      retries: { attempts: 0, retryOn: 5xx }");
  const never = await trafficMesh(t, { route: none, answer: failing(9) });
  assert.equal((await fetch(never.url)).status, 503);
  assert.equal(never.echo.length, 1);
  const other = virtualService("      retries: { attempts: 2, retryOn: '502,retriable-4xx' }");
  const mesh = await trafficMesh(t, { route: other, answer: failing(9) });
  assert.equal((await fetch(mesh.url)).status, 503);
  assert.equal(mesh.echo.length, 1);
});

test("a broken connection is tried again for reset, and only for it", async (t) => {
  const breaking: Answerer = (_, response, number) => {
    if (number === 1) response.socket?.destroy();
    else response.end("whole");
  };
  const reset = virtualService("      retries: { attempts: 1, retryOn: reset, backoff: 5ms }");
  const mesh = await trafficMesh(t, { route: reset, answer: breaking });
  assert.equal(await (await fetch(mesh.url)).text(), "whole");
  assert.equal(mesh.echo.length, 2);
});

test("perTryTimeout counts for each try, timeout for all of them", async (t) => {
  const rule = `      timeout: 1800ms
      retries: { attempts: 9, perTryTimeout: 600ms, backoff: 1ms }`;
  const mesh = await trafficMesh(t, { route: virtualService(rule), answer: silent });
  const { answer, ms } = await timed(() => fetch(mesh.url));
  assert.equal(answer.status, 504);
  assert.equal(answer.headers.get("weft-cause"), 'route-timeout; rule="shop/echo"');
  assert.ok(ms >= 1_800 && ms < LATE_MS, `${ms} ms`);
  assert.ok(mesh.echo.length >= 2 && mesh.echo.length <= 3, `${mesh.echo.length} tries`);
});

test("a try that has its time and isn't tried again is told as such", async (t) => {
  const rule = "      retries: { attempts: 1, perTryTimeout: 600ms, retryOn: gateway-error }";
  const mesh = await trafficMesh(t, { route: virtualService(rule), answer: silent });
  const { answer, ms } = await timed(() => fetch(mesh.url, { method: "POST", body: "x" }));
  assert.equal(answer.status, 504);
  assert.equal(answer.headers.get("weft-cause"), 'try-timeout; rule="shop/echo"');
  assert.ok(ms >= 600 && ms < LATE_MS, `${ms} ms`);
  assert.equal(mesh.echo.length, 1);
});

test("an answer that goes on beyond the timeout is broken off, one without timeout is not", async (t) => {
  const slow: Answerer = (_, response) => {
    response.write("begun");
    setTimeout(() => response.end("ended"), 2_000);
  };
  const rule = "      timeouts: { request: 1s200ms, backendRequest: 1s }";
  const mesh = await trafficMesh(t, { route: httpRoute(rule), answer: slow });
  const answer = await fetch(mesh.url);
  assert.equal(answer.status, 200);
  await assert.rejects(answer.text());
  const patient = httpRoute("      timeouts: { request: 0s }");
  const other = await trafficMesh(t, { route: patient, answer: slow });
  assert.equal(await (await fetch(other.url)).text(), "begunended");
});

test("an HTTPRoute's codes and attempts are kept to, and its backoff is the least pause", async (t) => {
  const rule = "      retry: { codes: [500], attempts: 2, backoff: 100ms }";
  const mesh = await trafficMesh(t, { route: httpRoute(rule), answer: failing(2, 500) });
  const { answer, ms } = await timed(() => fetch(mesh.url));
  assert.equal(answer.status, 200);
  assert.ok(ms >= 300, `${ms} ms`);
  assert.equal(mesh.echo.length, 3);
});

test("retries stay within the budget when everything fails", async (t) => {
  const always = (_: unknown, response: ServerResponse): void => {
    response.statusCode = 503;
    response.end();
  };
  const mesh = await trafficMesh(t, { route: virtualService(RETRIES), answer: always });
  const requests = 200;
  for (let done = 0; done < requests; done += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, () => fetch(mesh.url));
    await Promise.all(batch.map(async (answer) => (await answer).arrayBuffer()));
  }
  // A hundred saved up, a fifth of the requests, and ten a second.
  assert.ok(mesh.echo.length > requests + 100, `${mesh.echo.length}`);
  assert.ok(mesh.echo.length < 2 * requests, `${mesh.echo.length}`);
});

async function timed(ask: () => Promise<Response>) {
  const beganMs = performance.now();
  const answer = await ask();
  await answer.arrayBuffer().catch(() => {});
  return { answer, ms: performance.now() - beganMs };
}
