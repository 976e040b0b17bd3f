// What is kept for readers that have paused, what a listener grants outsiders, and who pays when it
// is spent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import { ERROR, FRAME, SETTING } from "./frame-types.ts";
import {
  frame,
  notes,
  PREFACE_BYTES,
  type RawPeer,
  rawDownstream,
  rawUpstream,
  settings,
  settle,
} from "./raw-peer.ts";
import { echo, GET } from "./test-tools.ts";

const POST = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
const KiB = 1024;
const FIRST = [PREFACE_BYTES, settings()];
const CALM = ERROR.enhanceYourCalm;

test("a spent budget costs the largest stalled stream of the process, and no other", async () => {
  const buffers = new BufferBudget(100 * KiB);
  const rigs = [stalling(buffers), stalling(buffers)];
  const [first, second] = rigs as [Rig, Rig];
  send(first.peer, 1, 50 * KiB);
  send(first.peer, 3, 8 * KiB);
  send(second.peer, 1, 24 * KiB);
  await settle();
  assert.equal(buffers.bytes, 82 * KiB);
  send(second.peer, 3, 24 * KiB);
  await settle();
  assert.deepEqual([first.peer.errors, second.peer.errors], [[`reset 1: ${CALM}`], []]);
  assert.deepEqual([first.logs[0], second.logs], [["fail overflow never"], [[], []]]);
  assert.equal(buffers.bytes, 56 * KiB);
  for (const { streams } of rigs) for (const stream of streams) stream.resume();
  await settle();
  assert.deepEqual([bytesIn(first.logs[1]!), bytesIn(second.logs[0]!)], [8 * KiB, 24 * KiB]);
  assert.equal(buffers.bytes, 0);
});

test("answers that nobody reads count as well, and what closes lets go", async () => {
  const buffers = new BufferBudget(60 * KiB);
  const { connection, peer } = rawUpstream([settings()], buffers);
  await settle();
  const logs: string[][] = [[], [], []];
  for (const log of logs) {
    const stream = connection.open(GET, notes(log));
    stream.end();
    stream.pause();
  }
  for (const id of [1, 3, 5]) {
    peer.send(frame(FRAME.headers, 4, id, peer.block(":status", "200")));
    // The second is whole already, and still unread.
    for (let i = 0; i < 2; i++) {
      peer.send(frame(FRAME.data, id === 3 && i === 1 ? 1 : 0, id, Buffer.alloc(12 * KiB)));
    }
  }
  await settle();
  assert.equal(logs.filter((log) => log.at(-1) === "fail overflow never").length, 1);
  assert.ok(buffers.bytes > 0 && buffers.bytes <= 60 * KiB);
  connection.destroy();
  await settle();
  const whole = logs[1]!.at(-1) === "head 200" ? 24 * KiB : 0;
  assert.equal(buffers.bytes, whole, "what is whole may still be read");
});

test("a byte that lies alone counts as the block that it lies in", async () => {
  const buffers = new BufferBudget(10 * KiB);
  const { peer } = stalling(buffers, 20);
  for (let id = 1; id < 40; id += 2) send(peer, id, 1);
  await settle();
  assert.equal(peer.errors.length, 15);
  assert.equal(buffers.bytes, 10 * KiB);
});

test("one connection has a limit of its own, below that of the process", async () => {
  const count = 34;
  const buffers = new BufferBudget(1e9);
  const { peer, streams, logs } = stalling(buffers, count, false);
  // Windows grow while they are read.
  for (let i = 0; i < count; i++) send(peer, 2 * i + 1, LIMITS.streamWindowGrownBytes / 2);
  await settle();
  for (const stream of streams) stream.pause();
  for (let i = 0; i < count; i++) send(peer, 2 * i + 1, 500 * KiB);
  await settle();
  const fits = Math.floor(LIMITS.connectionBuffersBytesMax / (500 * KiB));
  assert.equal(peer.errors.length, count - fits);
  assert.equal(buffers.bytes, fits * 500 * KiB);
  assert.ok(peer.errors.every((error) => error.endsWith(`: ${CALM}`)));
  assert.equal(logs.filter((log) => log.at(-1) === "fail overflow never").length, count - fits);
});

test("an outsider is granted fewer streams and a smaller window", async () => {
  const { peer, connection } = rawDownstream(accepting().acceptor, FIRST, { peers: "outside" });
  const streamsMax = LIMITS.outsideStreamsMax;
  peer.send(frame(FRAME.settings, 1, 0));
  for (let i = 0; i <= streamsMax; i++) open(peer, 2 * i + 1);
  await settle();
  const { payload } = peer.of(FRAME.settings)[0]!;
  assert.equal(payload.readUInt16BE(0), SETTING.streamsMax);
  assert.equal(payload.readUInt32BE(2), 100);
  assert.equal(peer.of(FRAME.windowUpdate, 0)[0]!.payload.readUInt32BE(), 1024 * KiB - 65_535);
  assert.deepEqual(peer.errors, [`reset ${2 * streamsMax + 1}: ${ERROR.refusedStream}`]);
  assert.equal(connection.streamsOpen, streamsMax);
});

test("an outsider's connection ends after so many streams, and loses none of them", async () => {
  const limits = [["outsideStreamsTotalMax", 3]] as const;
  const { peer, clock } = rawDownstream(echo, FIRST, { peers: "outside", limits });
  for (const id of [1, 3]) open(peer, id, 5);
  await settle();
  assert.equal(peer.of(FRAME.goAway).length, 0);
  open(peer, 5, 5);
  await settle();
  assert.equal(peer.of(FRAME.goAway).length, 1);
  open(peer, 7, 5);
  peer.send(frame(FRAME.ping, 1, 0, Buffer.alloc(8)));
  await settle();
  clock.advance(LIMITS.goAwaySettleMs + 20);
  await settle();
  assert.equal(peer.of(FRAME.goAway).at(-1)!.payload.readUInt32BE(), 7);
  assert.equal(peer.of(FRAME.headers).length, 4);
  assert.ok(peer.hasEnded);
});

type Rig = ReturnType<typeof stalling>;

// Requests whose bodies aren't read, from stream 1 on.
function stalling(buffers: BufferBudget, count = 2, isPaused = true) {
  const { acceptor, streams, logs } = accepting(isPaused);
  const { peer } = rawDownstream(acceptor, FIRST, { buffers });
  for (let i = 0; i < count; i++) open(peer, 2 * i + 1);
  return { peer, streams, logs };
}

function accepting(isPaused = false) {
  const streams: DownstreamStream[] = [];
  const logs: string[][] = [];
  const acceptor: RequestAcceptor = {
    ...echo,
    request(_, stream) {
      streams.push(stream);
      if (isPaused) stream.pause();
      const log: string[] = [];
      logs.push(log);
      return notes(log);
    },
  };
  return { acceptor, streams, logs };
}

function open(peer: RawPeer, id: number, flags = 4): void {
  peer.send(frame(FRAME.headers, flags, id, peer.block(...POST)));
}

function send(peer: RawPeer, id: number, bytes: number): void {
  for (let left = bytes; left > 0; left -= 16 * KiB) {
    peer.send(frame(FRAME.data, 0, id, Buffer.alloc(Math.min(left, 16 * KiB))));
  }
}

function bytesIn(log: readonly string[]): number {
  return log.reduce((sum, line) => sum + Number(/^data (\d+)/.exec(line)?.[1] ?? 0), 0);
}
