// Receive windows: what is credited when, and what a paused reader holds back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import { FRAME } from "./frame-types.ts";
import { frame, notes, type RawPeer, rawDownstream, settle } from "./raw-peer.ts";
import { echo } from "./test-tools.ts";

const HEAD = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
const WINDOW = LIMITS.streamWindowBytes;
const FRAME_BYTES = LIMITS.frameBytesMax;

test("the connection's window is opened at once to hold every stream's", async () => {
  const { peer } = reading();
  await settle();
  const [update] = peer.of(FRAME.windowUpdate, 0);
  assert.equal(update!.payload.readUInt32BE(), LIMITS.connectionWindowBytes - 65_535);
});

test("a stream that is read gets its credit in halves of a window, which doubles", async () => {
  const { peer } = reading();
  open(peer, 1);
  sendData(peer, 1, WINDOW / 2 - 1);
  await settle();
  assert.deepEqual(credits(peer, 1), []);
  sendData(peer, 1, 1);
  await settle();
  // Half a window that was read, and a whole one by which it grows.
  assert.deepEqual(credits(peer, 1), [WINDOW / 2 + WINDOW]);
  sendData(peer, 1, WINDOW);
  await settle();
  assert.deepEqual(credits(peer, 1), [WINDOW * 1.5, WINDOW + 2 * WINDOW]);
});

test("a window grows up to its limit and no further", async () => {
  const { peer } = reading();
  open(peer, 1);
  let sent = 0;
  for (let i = 0; i < 40; i++) {
    sendData(peer, 1, WINDOW / 2);
    sent += WINDOW / 2;
    await settle();
  }
  const granted = credits(peer, 1).reduce((sum, credit) => sum + credit, WINDOW);
  assert.ok(granted - sent <= LIMITS.streamWindowGrownBytes);
  assert.ok(granted - sent > LIMITS.streamWindowGrownBytes / 2);
});

test("a paused stream gets no credit, keeps what came, and gives it when resumed", async () => {
  const { peer, streams, log } = reading();
  open(peer, 1);
  await settle();
  streams[0]!.pause();
  sendData(peer, 1, WINDOW);
  await settle();
  assert.deepEqual(log, []);
  assert.deepEqual(credits(peer, 1), []);
  streams[0]!.resume();
  assert.deepEqual(log, []);
  await settle();
  assert.equal(bytesIn(log), WINDOW);
  // It was paused, so it doesn't grow.
  assert.deepEqual(credits(peer, 1), [WINDOW]);
  assert.deepEqual(peer.errors, []);
});

test("a byte beyond a paused stream's window resets it and no other", async () => {
  const { peer, streams, log } = reading();
  open(peer, 1);
  open(peer, 3);
  await settle();
  streams[0]!.pause();
  sendData(peer, 1, WINDOW + 1);
  sendData(peer, 3, 10);
  await settle();
  assert.deepEqual(peer.errors, ["reset 1: 3"]);
  assert.deepEqual(log, ["fail malformed-request never", "data 10"]);
});

test("a stream that nobody reads doesn't stall the one beside it", async () => {
  const { peer, streams, log } = reading();
  open(peer, 1);
  await settle();
  streams[0]!.pause();
  sendData(peer, 1, WINDOW);
  open(peer, 3);
  for (let i = 0; i < 600; i++) {
    sendData(peer, 3, WINDOW / 2);
    if (i % 8 === 7) await settle();
  }
  await settle();
  assert.equal(bytesIn(log), 300 * WINDOW);
  assert.deepEqual(peer.errors, []);
  const credited = credits(peer, 0).reduce((sum, credit) => sum + credit, 65_535);
  const left = credited - 301 * WINDOW;
  assert.ok(left > LIMITS.connectionWindowBytes * 0.8 && left <= LIMITS.connectionWindowBytes);
});

test("the connection's window is enforced, too, over streams that are gone", async () => {
  const { peer } = rawDownstream({
    ...echo,
    request(_, stream) {
      stream.reset({ code: "overflow", side: "proxy", retry: "never", detail: "" });
      return notes([]);
    },
  });
  const ids = Array.from(
    { length: LIMITS.connectionWindowBytes / WINDOW + 1 },
    (_, i) => 2 * i + 1,
  );
  for (const id of ids) open(peer, id);
  await settle();
  // Sent at once, before any credit can come back, and none of them more than its own window.
  peer.send(...ids.flatMap((id) => dataFrames(id, WINDOW)));
  await settle();
  assert.deepEqual(peer.errors, [...ids.map((id) => `reset ${id}: 2`), `goaway ${ids.at(-1)}: 3`]);
});

test("padding counts against the window and is credited with the rest", async () => {
  const { peer, log } = reading();
  open(peer, 1);
  const padded = frame(FRAME.data, 0x8, 1, Buffer.concat([Buffer.from([255]), Buffer.alloc(256)]));
  for (let i = 0; i < 128; i++) peer.send(padded);
  await settle();
  assert.equal(bytesIn(log), 128);
  assert.deepEqual(credits(peer, 1), [128 * 257 + WINDOW]);
});

test("no credit is given for what a content-length says won't come", async () => {
  const { peer, log } = reading();
  open(peer, 1, "content-length", `${WINDOW}`);
  sendData(peer, 1, WINDOW);
  await settle();
  assert.equal(bytesIn(log), WINDOW);
  assert.deepEqual(credits(peer, 1), []);
});

test("the end waits behind what a paused reader hasn't read", async () => {
  const { peer, streams, log } = reading();
  open(peer, 1);
  await settle();
  streams[0]!.pause();
  sendData(peer, 1, 100);
  peer.send(frame(FRAME.headers, 5, 1, peer.block("x-sum", "7")));
  await settle();
  assert.deepEqual(log, []);
  streams[0]!.resume();
  await settle();
  assert.deepEqual(log, ["data 100", "end x-sum 7"]);
});

test("a reader who pauses again amid what was held gets the rest later", async () => {
  const { peer, streams, log } = reading((stream) => stream.pause());
  open(peer, 1);
  await settle();
  for (let i = 0; i < 3; i++) {
    sendData(peer, 1, FRAME_BYTES);
    await settle();
  }
  assert.equal(bytesIn(log), FRAME_BYTES);
  for (let i = 0; i < 3; i++) {
    streams[0]!.resume();
    await settle();
  }
  assert.equal(bytesIn(log), 3 * FRAME_BYTES);
});

function reading(onData: (stream: DownstreamStream) => void = () => {}) {
  const log: string[] = [];
  const streams: DownstreamStream[] = [];
  const { peer } = rawDownstream({
    ...echo,
    request(_, stream): RequestEvents {
      streams.push(stream);
      const events = notes(log);
      const data = (chunk: Uint8Array) => {
        events.data(chunk);
        onData(stream);
      };
      return { ...events, data };
    },
  });
  return { peer, streams, log };
}

function open(peer: RawPeer, id: number, ...more: readonly string[]): void {
  peer.send(frame(FRAME.headers, 4, id, peer.block(...HEAD, ...more)));
}

function sendData(peer: RawPeer, id: number, bytes: number): void {
  peer.send(...dataFrames(id, bytes));
}

function dataFrames(id: number, bytes: number): Buffer[] {
  const frames: Buffer[] = [];
  for (let left = bytes; left > 0; left -= FRAME_BYTES) {
    frames.push(frame(FRAME.data, 0, id, Buffer.alloc(Math.min(left, FRAME_BYTES))));
  }
  return frames;
}

function credits(peer: RawPeer, id: number): number[] {
  return peer.of(FRAME.windowUpdate, id).map(({ payload }) => payload.readUInt32BE());
}

function bytesIn(log: readonly string[]): number {
  return log.reduce((sum, line) => sum + (Number(line.split("data ")[1]) || 0), 0);
}
