// A sidecar is asked to end (SIGTERM) while it carries work of every kind. Its supervisor starts
// another one, and nobody notices.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import type { Socket } from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { isRunning } from "#local/is-running.ts";
import { eventually } from "#local/testing/eventually.ts";
import { Callers } from "./support/callers.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { Http2Callers } from "./support/http2-callers.ts";
import { dependencyUrl, findProcess, meshProcesses } from "./support/mesh-processes.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { SteadyLoad } from "./support/steady-load.ts";

const CALLERS = 4;
const PIECES = 20;
const PIECE = "x".repeat(100);
const PIECE_MS = 100;

let mesh: RunningMesh;
let url: string;

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["echo"] }) +
        echoWorkload({ name: "echo" }) +
        echoService("echo"),
    },
  });
  url = `${dependencyUrl(mesh, "shop/caller", "echo")}/`;
});

after(() => mesh.stop());

for (const [whose, workload] of [
  ["caller's", "shop/caller"],
  ["callee's", "shop/echo"],
] as const) {
  test(`a sidecar that is asked to end loses nothing, the ${whose}`, async (t) => {
    const load = SteadyLoad.start(t, { url, ratePerSecond: 100 });
    const callers = Callers.start(t, { url: `${url}?delayMs=30`, callers: CALLERS });
    const http2 = Http2Callers.start(t, { url, callers: CALLERS });
    await eventually("answers come", () => callers.answers > 20 && http2.answers > 20);
    const slow = [slowBody(), slowBody()];
    await wait(PIECE_MS * 3);
    const before = sidecarOf(workload);
    process.kill(before.pid, "SIGTERM");
    await eventually("another one runs", () => sidecarOf(workload).pid !== before.pid);
    assert.ok(isRunning(before), "it has work still");
    assert.deepEqual(await Promise.all(slow), [PIECES * PIECE.length, PIECES * PIECE.length]);
    await eventually("it has ended", () => !isRunning(before), 10_000);
    const { answers } = callers;
    await eventually("answers come again", () => callers.answers > answers + 50);
    await Promise.all([callers.stop(), http2.stop()]);
    await load.stopWithoutLoss();
    assert.deepEqual([callers.failures, http2.failures], [[], []]);
    if (workload === "shop/caller") assert.ok(http2.sessions > 1, "GOAWAY was heard");
  });
}

test("an open tunnel goes on through a sidecar that ends, until its grace is over", async () => {
  const tunnel = await echoTunnel();
  const before = sidecarOf("shop/caller");
  process.kill(before.pid, "SIGTERM");
  await eventually("another one runs", () => sidecarOf("shop/caller").pid !== before.pid);
  assert.equal(await tunnel.say("still here"), "still here");
  assert.ok(isRunning(before));
  tunnel.socket.end();
  await once(tunnel.socket, "close");
  await eventually("it has ended", () => !isRunning(before), 5_000);
});

test("no sidecar waits out its grace when the mesh stops, with work and tunnels open", async (t) => {
  const callers = Callers.start(t, { url: `${url}?delayMs=30`, callers: CALLERS });
  await eventually("answers come", () => callers.answers > 20);
  const tunnel = await echoTunnel();
  const sidecars = meshProcesses(mesh).filter(({ name }) => name.endsWith("sidecar"));
  const applications = meshProcesses(mesh).filter(({ name }) => /^shop\/\w+$/.test(name));
  mesh.signal("SIGTERM");
  await eventually("applications have ended", () => !applications.some(isRunning));
  const startedMs = performance.now();
  await eventually("sidecars have ended", () => !sidecars.some(isRunning));
  const tookMs = performance.now() - startedMs;
  tunnel.socket.destroy();
  t.diagnostic(`${Math.round(tookMs)} ms`);
  assert.equal(await mesh.untilEnded(), 0);
  assert.ok(tookMs < 1_500, `${tookMs} ms`);
});

// Bytes to the echo and back, by an upgrade through the caller's sidecar.
function echoTunnel() {
  return new Promise<{ readonly socket: Socket; say(text: string): Promise<string> }>(
    (resolve, reject) => {
      const headers = { connection: "upgrade", upgrade: "echo" };
      const asking = request(url, { headers, agent: false });
      asking.on("upgrade", (_, socket) => {
        socket.on("error", () => {});
        const say = async (text: string) => {
          socket.write(text);
          const [heard] = await once(socket, "data");
          return String(heard);
        };
        resolve({ socket: socket as Socket, say });
      });
      asking.on("error", reject);
      asking.end();
    },
  );
}

function sidecarOf(workload: string) {
  const all = meshProcesses(mesh).filter(({ name }) => name === `${workload} sidecar`);
  const newest = all.filter(isRunning).at(-1);
  return newest ?? findProcess(mesh, `${workload} sidecar`)!;
}

// A body that takes its time. How much of it the application got.
function slowBody(): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: "POST", agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => {
        if (answer.statusCode !== 200) reject(new Error(`${answer.statusCode} ${text}`));
        else resolve(JSON.parse(text).bodyBytes);
      });
    });
    asking.on("error", reject);
    void (async () => {
      for (let i = 0; i < PIECES; i++) {
        asking.write(PIECE);
        await wait(PIECE_MS);
      }
      asking.end();
    })();
  });
}
