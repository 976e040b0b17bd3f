// Upstreams that hold us up or flood us: what is kept for them stays bounded, and it ends in time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import { type Connect, ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import type { UpstreamConnection } from "#proxy/exchange/exchange.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { Http2ClientConnection } from "./client-connection.ts";
import { ERROR, FLAG, FRAME, PREFACE, SETTING } from "./frame-types.ts";
import { frame, notes, RawPeer, rawUpstream, settings, settle, uint32 } from "./raw-peer.ts";
import { codecTools, GET } from "./test-tools.ts";

const POST = { ...GET, method: "POST", contentLength: -1 };

test("requests wait in the pool while an upstream allows no stream, and then go", async () => {
  const { pool, peers } = pooled(1);
  const logs: string[][] = [[], []];
  const waiters = logs.map((log) => ({
    slotReady: (connection: UpstreamConnection) => connection.open(GET, notes(log)).end(),
    slotFailed: () => log.push("slot failed"),
  }));
  pool.wait(waiters[0]!);
  await settle();
  // It was opened before the SETTINGS could say that it may not be.
  peers[0]!.send(settings(SETTING.streamsMax, 0), reset(1, ERROR.refusedStream));
  await settle();
  assert.deepEqual(logs[0], ["fail upstream-reset always"]);
  assert.equal(pool.take(), undefined);
  for (const waiter of waiters) pool.wait(waiter);
  await settle();
  assert.equal(peers[0]!.of(FRAME.headers).length, 1);
  peers[0]!.send(settings(SETTING.streamsMax, 1));
  await settle();
  assert.equal(peers[0]!.of(FRAME.headers).length, 2, "one at a time");
  for (const id of [3, 5]) {
    peers[0]!.send(frame(FRAME.headers, 5, id, peers[0]!.block(":status", "200")));
    await settle();
  }
  assert.deepEqual(logs[0]!.slice(1), ["head 200", "end"]);
  assert.deepEqual(logs[1], ["head 200", "end"]);
});

test("who waits in the pool gets another connection when the first is leaving", async () => {
  const { pool, peers } = pooled(2);
  const log: string[] = [];
  const waiter = {
    slotReady: (connection: UpstreamConnection) => connection.open(GET, notes(log)).end(),
    slotFailed: () => log.push("slot failed"),
  };
  pool.wait(waiter);
  await settle();
  peers[0]!.send(settings(), frame(FRAME.goAway, 0, 0, uint32(0, 0)));
  await settle();
  assert.deepEqual([log, pool.connections], [["fail upstream-reset always"], 0]);
  pool.wait(waiter);
  await settle();
  peers[1]!.send(settings(), frame(FRAME.headers, 5, 1, peers[1]!.block(":status", "200")));
  await settle();
  assert.deepEqual(log.slice(1), ["head 200", "end"]);
});

test("an upstream without a window is sent heads only, until it opens one", async () => {
  const { connection, peer } = rawUpstream([settings(SETTING.initialWindow, 0)]);
  await settle();
  const log: string[] = [];
  const stream = connection.open(POST, notes(log));
  let taken = 0;
  while (stream.write(Buffer.alloc(10_000))) taken += 10_000;
  assert.ok(taken < LIMITS.writeHighWaterBytes);
  await settle();
  assert.deepEqual([sizeOf(peer), log], [0, []]);
  peer.send(settings(SETTING.initialWindow, 1_000_000));
  peer.send(frame(FRAME.windowUpdate, 0, 0, uint32(1_000_000)));
  await settle();
  assert.deepEqual([sizeOf(peer), log], [taken + 10_000, ["drained"]]);
});

test("an upstream that never reads is given up, and takes no more than it was sent", async () => {
  const { connection, peer, clock, told } = rawUpstream([settings(SETTING.initialWindow, 1e9)]);
  peer.send(frame(FRAME.windowUpdate, 0, 0, uint32(1e9)));
  await settle();
  peer.pause();
  const logs: string[][] = [];
  let taken = 0;
  while (connection.slotsFree > 0) {
    const log: string[] = [];
    logs.push(log);
    const stream = connection.open(POST, notes(log));
    for (let i = 0; i < 100 && stream.write(Buffer.alloc(16_384)); i++) taken += 16_384;
    await new Promise(setImmediate);
  }
  assert.ok(logs.length <= LIMITS.streamsPerConnectionMax);
  assert.ok(taken < (logs.length + 4) * LIMITS.writeHighWaterBytes, `${taken} bytes were taken`);
  for (const delayMs of [LIMITS.pingAfterMs, LIMITS.pingTimeoutMs]) {
    clock.advance(delayMs + 20);
    await settle();
  }
  assert.ok(logs.every((log) => log.length === 1 && /^fail upstream-reset/.test(log[0]!)));
  assert.deepEqual([connection.slotsUsed, told.at(-1)], [0, "closed"]);
});

test("what is asked and cancelled while an upstream doesn't read ends as well", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  peer.pause();
  let asked = 0;
  const headers = ["x-filler", "f".repeat(4000)];
  for (; connection.slotsFree > 0 && asked < 10_000; asked++) {
    connection.open({ ...GET, headers }, notes([])).cancel();
    if (asked % 10 === 0) await new Promise(setImmediate);
  }
  assert.ok(asked < LIMITS.controlFramesQueuedMax, `${asked} were asked`);
  peer.resume();
  await settle();
  assert.ok(connection.slotsFree > 0);
});

type Flood = readonly [string, (peer: RawPeer) => Buffer[], string, string];

const FLOODS: readonly Flood[] = [
  [
    "padding around nothing",
    (peer) => [...answered(peer), ...times(3, () => padded(200, 0))],
    "fail upstream-malformed never",
    `goaway 0: ${ERROR.enhanceYourCalm}`,
  ],
  [
    "padding that is longer than its frame",
    (peer) => [...answered(peer), frame(FRAME.data, FLAG.padded, 1, Buffer.from([9, 0]))],
    "fail upstream-malformed never",
    `goaway 0: ${ERROR.protocol}`,
  ],
  [
    "padding beyond the stream's window",
    (peer) => [...answered(peer), ...times(300, () => padded(255, 1))],
    "fail upstream-malformed never",
    `reset 1: ${ERROR.flowControl}`,
  ],
  [
    "interim heads without end",
    (peer) => times(5000, () => frame(FRAME.headers, 4, 1, peer.block(":status", "103"))),
    "fail upstream-malformed never",
    `reset 1: ${ERROR.protocol}`,
  ],
  [
    "headers without number",
    (peer) => [frame(FRAME.headers, 4, 1, peer.block(":status", "200", ...many(500)))],
    "fail upstream-malformed never",
    `reset 1: ${ERROR.protocol}`,
  ],
  [
    "a head in pieces without end",
    () => [frame(FRAME.headers, 0, 1), ...times(50, () => frame(FRAME.continuation, 0, 1))],
    "fail upstream-malformed never",
    `goaway 0: ${ERROR.enhanceYourCalm}`,
  ],
  [
    "a head in large pieces without end",
    () => times(50, (i) => frame(i === 0 ? 1 : FRAME.continuation, 0, 1, Buffer.alloc(16_384))),
    "fail upstream-malformed never",
    `goaway 0: ${ERROR.enhanceYourCalm}`,
  ],
  [
    "trailers without number",
    (peer) => [...answered(peer), frame(FRAME.headers, 5, 1, peer.block(...many(500)))],
    "fail upstream-malformed never",
    `reset 1: ${ERROR.protocol}`,
  ],
];

for (const [what, frames, outcome, error] of FLOODS) {
  test(`${what} from an upstream cuts it off`, async () => {
    const { connection, peer } = rawUpstream();
    await settle();
    const log: string[] = [];
    const stream = connection.open(GET, notes(log));
    stream.end();
    stream.pause();
    for (const bytes of frames(peer)) peer.send(bytes);
    await settle();
    assert.equal(log.at(-1), outcome);
    assert.ok(log.length <= LIMITS.informsMax + 1);
    assert.deepEqual([peer.errors[0], connection.slotsUsed], [error, 0]);
  });
}

// A pool whose connections lead to raw peers.
function pooled(connectionsMax: number) {
  const peers: RawPeer[] = [];
  const connect: Connect = (owner, { connected }) => {
    const [near, far] = memoryStreamPair();
    peers.push(new RawPeer(far, PREFACE.length));
    setImmediate(() => connected(new Http2ClientConnection(near, owner, codecTools())));
    return { cancel() {} };
  };
  const clock = new FakeClock();
  const pool = new ConnectionPool(
    connect,
    () => ({
      ...{ connectionsMax, slotsPerConnection: 10, waitingMax: 10 },
      ...{ idleTimeoutMs: 60_000, lifeMs: 3_600_000 },
    }),
    { ...codecTools(clock), random: seededRandom(1) },
  );
  return { pool, peers };
}

function answered(peer: RawPeer): Buffer[] {
  return [frame(FRAME.headers, 4, 1, peer.block(":status", "200"))];
}

function padded(padding: number, content: number): Buffer {
  const payload = Buffer.alloc(1 + content + padding);
  payload[0] = padding;
  return frame(FRAME.data, FLAG.padded, 1, payload);
}

function reset(id: number, code: number): Buffer {
  return frame(FRAME.reset, 0, id, uint32(code));
}

function times(count: number, make: (i: number) => Buffer): Buffer[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => [`x-${i}`, ""]).flat();
}

function sizeOf(peer: RawPeer): number {
  return peer.of(FRAME.data).reduce((sum, { payload }) => sum + payload.length, 0);
}
