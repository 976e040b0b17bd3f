// Peers that take their time: case 46 of the hardening reference with real waiting, and case 26 with
// many of them.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "#base/limits.ts";
import { FRAME } from "#proxy/http2/frame-types.ts";
import { frame } from "#proxy/http2/raw-peer.ts";
import { type HardeningMesh, hardeningMesh, PREFIX } from "../support/hardening-mesh.ts";
import { block, get, RawHttp2 } from "../support/raw-http2.ts";
import type { Address } from "../support/tls-probe.ts";

const DRIP_MS = 500;
const SLACK_MS = 2_000;
const READERS = 50;
const GROWTH_BYTES_MAX = 64 * 1024 * 1024;

let mesh!: HardeningMesh;
const cleanups: (() => Promise<void>)[] = [];
before(async () => {
  mesh = await hardeningMesh((run) => cleanups.push(run));
});
after(async () => {
  for (const run of cleanups) await run();
});

const HEAD = `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\nx-long: ${"a".repeat(200)}\r\n\r\n`;

test("who sends a head byte by byte is given up in time, as is who begins no handshake", async (t) => {
  const { outbound, callee } = mesh;
  const unfinished = await RawHttp2.dial(mesh.caller, callee);
  t.after(() => unfinished.destroy());
  unfinished.send(frame(FRAME.headers, 0, 1, block(...get("/attack"))));
  const lifeMs = Promise.all([
    drip(t, outbound, HEAD),
    drip(t, outbound, `\r\n${HEAD}`),
    // A handshake that never begins.
    drip(t, callee.settings.mesh, ""),
    // A ClientHello that never ends.
    drip(t, callee.settings.mesh, `\x16\x03\x01\x02\x00\x01${"\0".repeat(200)}`),
  ]);
  for (const ms of await lifeMs) {
    assert.ok(ms >= LIMITS.headTimeoutMs - SLACK_MS, `closed after ${ms} ms`);
    assert.ok(ms <= LIMITS.headTimeoutMs + SLACK_MS, `closed after ${ms} ms`);
  }
  assert.ok(await unfinished.until(() => unfinished.wasClosed));
  assert.notEqual(unfinished.goAway, undefined);
  assert.deepEqual(mesh.takeSeen(), []);
  await mesh.assertAtRest();
});

test("answers that nobody reads don't fill the memory", async (t) => {
  // What is allocated once.
  for (const socket of await askAndPause(t, 5)) socket.destroy();
  await wait(SLACK_MS);
  const before = process.memoryUsage.rss();
  const sockets = await askAndPause(t, READERS);
  const growth = process.memoryUsage.rss() - before;
  assert.equal(mesh.takeSeen().filter(({ path }) => path === "/large").length, READERS + 5);
  await mesh.assertServes();
  for (const socket of sockets) socket.destroy();
  await mesh.assertAtRest();
  t.diagnostic(`grew by ${Math.round(growth / 1024 / 1024)} MiB`);
  assert.ok(growth < GROWTH_BYTES_MAX, `grew by ${growth} bytes`);
});

// How long the other side puts up with it.
function drip(t: TestContext, { address, port }: Address, text: string): Promise<number> {
  const startedMs = performance.now();
  const socket = connect({ host: address, port });
  let at = 0;
  const timer = setInterval(() => socket.write(text.slice(at, ++at), "latin1"), DRIP_MS);
  t.after(() => {
    clearInterval(timer);
    socket.destroy();
  });
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => {
    socket.on("end", () => resolve(performance.now() - startedMs));
    socket.on("close", () => resolve(performance.now() - startedMs));
  });
}

async function askAndPause(t: TestContext, count: number): Promise<Socket[]> {
  const { address: host, port } = mesh.outbound;
  const sockets = Array.from({ length: count }, () => connect({ host, port }));
  for (const socket of sockets) {
    socket.on("error", () => {});
    t.after(() => socket.destroy());
    socket.pause();
    socket.write(`GET ${PREFIX}/large HTTP/1.1\r\nhost: x\r\n\r\n`);
  }
  // Until all that fits on the way has come.
  await wait(SLACK_MS);
  return sockets;
}
