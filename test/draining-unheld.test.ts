// A sidecar that listens on sockets of its own is asked to end (SIGTERM), and nobody takes its place:
// it says that it isn't ready, and serves until all who send work must have heard of it.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "#base/limits.ts";
import { eventually } from "#local/testing/eventually.ts";
import { Callers } from "./support/callers.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { ProxyProcess } from "./support/proxy-process.ts";
import { application, smallMesh } from "./support/small-mesh.ts";

const PORT = 9000;
// Not over yet when it accepts nothing any more.
const SLOW_MS = LIMITS.endpointPropagationMs + 1_000;
const SERVED = ["stays", "ends"];

test("nothing is lost while callers hear of it, and then it ends", async (t) => {
  const { ends, url } = await pair(t);
  const callers = Callers.start(t, { url, callers: 4 });
  await eventually("both are asked", async () => (await begun(ends)) > 10 && callers.answers > 40);
  const slow = Promise.all(Array.from({ length: 4 }, () => fetch(`${url}slow`)));
  const beganMs = performance.now();
  ends.end();
  await eventually("it isn't ready", async () => (await health(ends)) === 503);
  assert.ok(ends.told.includes("leaving"));
  // For those who haven't heard yet.
  await wait(LIMITS.endpointPropagationMs / 2);
  const { port, address } = ends.settings.metrics;
  assert.ok((await fetch(`http://${address}:${port}/metrics`)).ok, "it still accepts");
  const atLast = await begun(ends);
  await wait(LIMITS.endpointPropagationMs / 4);
  assert.equal(await begun(ends), atLast, "callers have heard of it");
  await eventually("it has ended", () => !ends.isRunning, 20_000);
  assert.ok(performance.now() - beganMs >= LIMITS.endpointPropagationMs);
  assert.equal(ends.exitCode, 0, ends.output.slice(-1_000));
  assert.ok((await slow).every(({ ok }) => ok));
  await callers.stop();
  assert.deepEqual(callers.failures, []);
});

async function pair(t: TestContext) {
  const mesh = await smallMesh({
    "mesh.yaml":
      SERVED.map((name) =>
        echoWorkload({ name, app: "echo" }).replace(
          '"name": "http"',
          `"name": "http", "port": ${PORT}`,
        ),
      ).join("") +
      echoWorkload({ name: "caller", isServed: false }) +
      echoService("echo"),
  });
  t.after(() => mesh.close());
  const echo = await application((request, answer) => {
    setTimeout(() => answer.end(), request.url === "/slow" ? SLOW_MS : 5);
  });
  t.after(() => echo.close());
  const served = { application: { declared: PORT, port: echo.port } };
  await mesh.proxy("stays", served);
  const caller = await mesh.proxy("caller");
  const ends = await ProxyProcess.start(mesh, "ends", served);
  t.after(() => ends.kill());
  return { ends, url: `${caller.url("echo:80")}/` };
}

async function health({ settings }: ProxyProcess): Promise<number> {
  const { address, port } = settings.health;
  return (await fetch(`http://${address}:${port}/ready`)).status;
}

// Requests of callers that reached it.
async function begun(proxy: ProxyProcess): Promise<number> {
  const count = await proxy.metric(/^istio_requests_total\{reporter="destination".*\} (\d+)/m);
  return Number.isNaN(count) ? 0 : count;
}
