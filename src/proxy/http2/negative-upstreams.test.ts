// Upstreams that reset, leave, stall or lie, at each point of an exchange: what is told and whether
// it may be asked again, that nothing stays behind, and that the connection goes on where it can.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { UpstreamStream } from "#proxy/exchange/exchange.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import { ERROR, FRAME } from "./frame-types.ts";
import { frame, notes, type RawPeer, rawUpstream, settings, settle, uint32 } from "./raw-peer.ts";
import { GET } from "./test-tools.ts";

const POST = { ...GET, method: "POST", contentLength: -1 };
const head = (peer: RawPeer, status = "200", flags = 4) =>
  frame(FRAME.headers, flags, 1, peer.block(":status", status));
const data = (flags = 0) => frame(FRAME.data, flags, 1, Buffer.alloc(1000));

// What has happened when the upstream misbehaves. `log`: what the asker knows by then.
type Point = {
  readonly name: string;
  readonly log: readonly string[];
  readonly reach: (peer: RawPeer, stream: UpstreamStream) => void;
};

const POINTS: readonly Point[] = [
  { name: "after the request's head", log: [], reach() {} },
  {
    name: "in the middle of the request's body",
    log: [],
    reach: (_, stream) => void stream.write(Buffer.alloc(200_000)),
  },
  { name: "after the request", log: [], reach: (_, stream) => stream.end() },
  {
    name: "after an interim head",
    log: ["inform 103"],
    reach: (peer) => peer.send(head(peer, "103")),
  },
  { name: "after the answer's head", log: ["head 200"], reach: (peer) => peer.send(head(peer)) },
  {
    name: "in the middle of the answer",
    log: ["head 200", "data 1000"],
    reach: (peer) => peer.send(head(peer), data()),
  },
  {
    name: "in the middle of an answer that nobody reads",
    log: ["head 200"],
    reach(peer, stream) {
      stream.pause();
      peer.send(head(peer), data());
    },
  },
  {
    name: "after the answer, before the request's end",
    log: ["head 200", "data 1000", "end"],
    reach: (peer) => peer.send(head(peer), data(1)),
  },
];

const CODES = [...Object.values(ERROR), 99];

for (const point of POINTS) {
  test(`RST_STREAM ${point.name}, with each code, is told once and leaves nothing`, async () => {
    for (const code of CODES) {
      const { connection, peer, buffers, log } = await reach(point);
      peer.send(frame(FRAME.reset, 0, 1, uint32(code)));
      await settle();
      const isUnseen = point.log.length === 0 && code === ERROR.refusedStream;
      const isWhole = point.log.at(-1) === "end" && code === ERROR.none;
      const outcome = isWhole ? [] : [`fail upstream-reset ${isUnseen ? "always" : "never"}`];
      assert.deepEqual(log, [...point.log, ...outcome], `code ${code}`);
      assert.deepEqual([connection.slotsUsed, buffers.bytes, peer.errors], [0, 0, []]);
      const next: string[] = [];
      connection.open(GET, notes(next)).end();
      peer.send(frame(FRAME.headers, 5, 3, peer.block(":status", "204")));
      await settle();
      assert.deepEqual(next, ["head 204", "end"], "the connection goes on");
    }
  });

  test(`GOAWAY ${point.name} that names an older stream is told once`, async () => {
    const { connection, peer, buffers, log, told } = await reach(point);
    peer.send(frame(FRAME.goAway, 0, 0, uint32(0, ERROR.none)));
    await settle();
    const retry = point.log.length === 0 ? "always" : "never";
    assert.deepEqual(log, [...point.log, `fail upstream-reset ${retry}`]);
    assert.deepEqual([connection.slotsUsed, connection.slotsFree, buffers.bytes], [0, 0, 0]);
    assert.ok(told.includes("draining") && peer.hasEnded);
  });

  test(`GOAWAY ${point.name} that names this stream lets it finish`, async () => {
    const { connection, peer, buffers, log, stream, told } = await reach(point);
    const windows = [frame(FRAME.windowUpdate, 0, 1, uint32(1e6))];
    peer.send(frame(FRAME.goAway, 0, 0, uint32(1, ERROR.none)), ...windows);
    peer.send(frame(FRAME.windowUpdate, 0, 0, uint32(1e6)));
    await settle();
    assert.equal(connection.slotsFree, 0);
    if (!log.includes("end")) {
      stream.resume();
      peer.send(...(log.includes("head 200") ? [] : [head(peer)]), data(1));
    }
    stream.end();
    await settle();
    const heard = log.filter((line) => line !== "drained");
    assert.deepEqual([heard.at(-1), log.some((line) => line.startsWith("fail"))], ["end", false]);
    assert.deepEqual([connection.slotsUsed, buffers.bytes, peer.errors], [0, 0, []]);
    assert.ok(told.includes("draining") && peer.hasEnded);
  });

  test(`a connection that breaks ${point.name} fails it for good, once`, async () => {
    const { connection, peer, buffers, log, told } = await reach(point);
    peer.destroy();
    await settle();
    assert.deepEqual(log, [...point.log, "fail upstream-reset never"]);
    assert.deepEqual([connection.slotsUsed, buffers.bytes, told.at(-1)], [0, 0, "closed"]);
  });
}

test("GOAWAY before any request leaves no slot, and closes", async () => {
  for (const lastId of [0, 1, 2 ** 31 - 1]) {
    const { connection, peer, told } = rawUpstream();
    peer.send(frame(FRAME.goAway, 0, 0, uint32(lastId, ERROR.none)));
    await settle();
    assert.equal(connection.slotsFree, 0);
    assert.ok(told.includes("draining") && peer.hasEnded);
  }
});

test("a second GOAWAY that takes streams back fails those, too", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const logs: string[][] = [[], []];
  for (const log of logs) connection.open(GET, notes(log)).end();
  peer.send(frame(FRAME.goAway, 0, 0, uint32(2 ** 31 - 1, 0)));
  await settle();
  assert.deepEqual(logs, [[], []]);
  peer.send(frame(FRAME.goAway, 0, 0, uint32(1, ERROR.internal)));
  await settle();
  assert.deepEqual(logs, [[], ["fail upstream-reset always"]]);
});

test("an answer that is cut at any byte is a failure, never an end", async () => {
  const whole = (peer: RawPeer) =>
    Buffer.concat([
      settings(),
      frame(FRAME.headers, 4, 1, peer.block(":status", "200")),
      frame(FRAME.data, 0, 1, Buffer.from("hello")),
      frame(FRAME.headers, 5, 1, peer.block("x-sum", "1")),
    ]);
  const length = whole(rawUpstream([]).peer).length;
  for (let cut = 0; cut < length; cut++) {
    const { connection, peer, told } = rawUpstream([]);
    const log: string[] = [];
    connection.open(GET, notes(log)).end();
    await settle();
    peer.send(whole(peer).subarray(0, cut));
    peer.end();
    await settle();
    assert.equal(log.at(-1), "fail upstream-reset never", `after ${cut} of ${length} bytes`);
    assert.deepEqual([connection.slotsUsed, told.at(-1)], [0, "closed"]);
  }
});

// A request that has come as far as the point.
async function reach(point: Point) {
  const buffers = new BufferBudget(1e6);
  const { connection, peer, told, clock } = rawUpstream([settings()], buffers);
  await settle();
  const log: string[] = [];
  const stream = connection.open(POST, notes(log));
  await settle();
  point.reach(peer, stream);
  await settle();
  assert.deepEqual(log, point.log);
  return { connection, peer, told, clock, buffers, log, stream };
}
