// What is silent or slow in a mesh whose documents set short limits: it ends in time at both sides,
// says why, and leaves nothing open.

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, createServer as createTcp, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { freePort, OWN_ADDRESS } from "../support/free-port.ts";
import { listenOn } from "../support/listen-on.ts";
import { type RunningProxy, SECRET, smallMesh } from "../support/small-mesh.ts";

const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: weft.dev/v1alpha1
kind: MeshConfig
metadata: { name: mesh }
spec:
  limits: { streamIdleMs: 2s, requestTimeoutMs: 4s, tunnelIdleMs: 4s, tunnelHalfClosedIdleMs: 1s }
---
apiVersion: v1
kind: Service
metadata: { name: slow, namespace: shop }
spec:
  selector: { app: slow }
  ports:
    - { name: http, port: 80, targetPort: 9000 }
    - { name: tcp-mute, port: 7, targetPort: 9007 }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: slow, namespace: shop, labels: { app: slow } }
spec:
  command: ["true"]
  serviceAccount: slow
  ports:
    - { name: http, port: 9000, protocol: http }
    - { name: tcp-mute, port: 9007, protocol: tcp }
`,
};
const IDLE_MS = 2_000;
const REQUEST_MS = 4_000;
const TUNNEL_MS = 4_000;
const HALF_CLOSED_MS = 1_000;
// A second of the watch's, one of the machine's, and one more of a busy machine's.
const SLACK_MS = 3_000;
const LARGE = Buffer.alloc(64 * 1024 * 1024);

test("an application that never answers is a 504, and hears that nobody waits any more", async (t) => {
  const { ask, left } = await slowMesh(t);
  const { text, afterMs } = await ask("GET", "/mute", "");
  assert.match(text, /^HTTP\/1\.1 504 /);
  assert.match(text, /\r\nweft-cause: stream-idle/);
  assertWithin(afterMs, IDLE_MS);
  await eventually("the application hears of it", () => left.includes("/mute"));
});

test("a body that comes byte by byte is a 408", async (t) => {
  const { ask, left } = await slowMesh(t);
  const { text, afterMs } = await ask("POST", "/mute", "content-length: 1000\r\n", 500);
  assert.match(text, /^HTTP\/1\.1 408 /);
  assert.match(text, /\r\nweft-cause: request-timeout/);
  assertWithin(afterMs, REQUEST_MS);
  await eventually("the application hears of it", () => left.includes("/mute"));
});

test("an answer that nobody reads is cut off, and nothing of it is kept", async (t) => {
  const { caller, left } = await slowMesh(t);
  const startedMs = performance.now();
  const reader = dial(t, caller.settings.outbound).pause();
  reader.write(`GET /~${SECRET}/slow:80/large HTTP/1.1\r\nhost: x\r\n\r\n`);
  await eventually("the application is cut off", () => left.includes("/large"), 20_000);
  assertWithin(performance.now() - startedMs, IDLE_MS);
});

test("a tunnel of which both ends are silent ends, sooner if one has closed", async (t) => {
  const { caller, tunnels } = await slowMesh(t);
  const [{ on } = assert.fail()] = caller.settings.tcp;
  const silentMs = async (run: (socket: Socket) => void): Promise<number> => {
    const before = tunnels.length;
    const socket = dial(t, on);
    socket.write("hello");
    await eventually("the tunnel is open", () => tunnels.length > before);
    const startedMs = performance.now();
    run(socket);
    socket.resume();
    await closed(socket);
    const lastedMs = performance.now() - startedMs;
    // Who has read to the end learns of a reset when it writes.
    tunnels.at(-1)!.write("anybody there?");
    await closed(tunnels.at(-1)!);
    return lastedMs;
  };
  assertWithin(await silentMs(() => {}), TUNNEL_MS);
  assertWithin(await silentMs((socket) => socket.end()), HALF_CLOSED_MS);
});

async function slowMesh(t: TestContext) {
  const left: string[] = [];
  const tunnels: Socket[] = [];
  const http: Server = createServer((asked: IncomingMessage, answer: ServerResponse) => {
    asked.on("error", () => {}).resume();
    answer.on("error", () => {});
    answer.on("close", () => void left.push(asked.url ?? ""));
    if (asked.url === "/large") answer.end(LARGE);
  });
  const mute = createTcp({ allowHalfOpen: true }, (socket) => {
    tunnels.push(socket.on("error", () => {}).resume());
  });
  const mesh = await smallMesh(DOCUMENTS);
  t.after(async () => {
    await mesh.close();
    for (const server of [http, mute]) server.close();
    http.closeAllConnections();
    for (const socket of tunnels) socket.destroy();
  });
  const ports = await Promise.all([http, mute].map((server) => listenOn(server)));
  const application = [9000, 9007].map((declared, i) => ({
    declared,
    address: "127.0.0.1",
    port: ports[i]!,
  }));
  await mesh.proxy("slow", { settings: { application, readiness: { kind: "none" } } });
  const on = { address: OWN_ADDRESS, port: freePort() };
  const caller = await mesh.proxy("caller", { settings: { tcp: [{ key: "slow:7", on }] } });
  // The answer as it comes, and after which time its first byte came. `dripMs`: a byte of the body
  // each.
  const ask = async (method: string, path: string, headers: string, dripMs = 0) => {
    const socket = dial(t, caller.settings.outbound);
    const target = `/~${SECRET}/slow:80${path}`;
    socket.write(`${method} ${target} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
    const startedMs = performance.now();
    const dripping = dripMs > 0 && setInterval(() => socket.write("x"), dripMs);
    const text = await new Promise<string>((resolve) => {
      socket.once("data", (bytes) => resolve(String(bytes)));
    });
    if (dripping) clearInterval(dripping);
    return { text, afterMs: performance.now() - startedMs };
  };
  return { caller, left, tunnels, ask };
}

function dial(t: TestContext, { address, port }: RunningProxy["settings"]["outbound"]): Socket {
  const socket = connect({ host: address, port, allowHalfOpen: true });
  t.after(() => socket.destroy());
  return socket.on("error", () => {});
}

function closed(socket: Socket): Promise<void> {
  return eventually("the socket is closed", () => socket.destroyed, 10_000);
}

function assertWithin(ms: number, limitMs: number): void {
  assert.ok(ms >= limitMs, `ended after ${ms} ms`);
  assert.ok(ms <= limitMs + SLACK_MS, `ended after ${ms} ms`);
}
