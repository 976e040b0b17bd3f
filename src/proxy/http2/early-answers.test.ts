// Answers that end before their request: RFC 9113 §8.1, from both ends.

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
  uint32,
} from "./raw-peer.ts";
import { GET, OK } from "./test-tools.ts";

const POST = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
const NO_ERROR = [`reset 1: ${ERROR.none}`];
const PIECE = Buffer.alloc(LIMITS.frameBytesMax);

test("the rest of an answered request is dropped up to a limit, and then refused", async () => {
  const { peer, connection, log } = await answered();
  const pieces = LIMITS.requestBytesDroppedMax / PIECE.length;
  for (let i = 0; i < pieces; i++) peer.send(frame(FRAME.data, 0, 1, PIECE));
  await settle();
  assert.deepEqual(peer.errors, []);
  peer.send(frame(FRAME.data, 0, 1, Buffer.from("x")));
  await settle();
  assert.deepEqual([peer.errors, log, connection.streamsOpen], [NO_ERROR, [], 0]);
  // What was on its way already is no offence.
  peer.send(frame(FRAME.data, 1, 1, PIECE));
  await settle();
  assert.deepEqual(peer.errors, NO_ERROR);
});

test("the rest of an answered request is waited for no longer than a while", async () => {
  const { peer, connection, clock, log } = await answered();
  clock.advance(LIMITS.lingerMs - 20);
  await settle();
  assert.deepEqual([peer.errors, connection.streamsOpen], [[], 1]);
  clock.advance(40);
  await settle();
  assert.deepEqual([peer.errors, log, connection.streamsOpen], [NO_ERROR, [], 0]);
});

test("an answered request that ends or is reset in time is over", async () => {
  const ends = [
    frame(FRAME.data, 1, 1, Buffer.from("the end")),
    frame(FRAME.reset, 0, 1, uint32(ERROR.cancel)),
  ];
  for (const end of ends) {
    const { peer, connection, clock, log } = await answered();
    peer.send(end);
    await settle();
    assert.equal(connection.streamsOpen, 0);
    clock.advance(LIMITS.lingerMs * 2);
    await settle();
    assert.deepEqual([peer.errors, log], [[], []]);
  }
});

test("no answer is cut short because its request goes on", async () => {
  const { acceptor, streams, log } = accepting();
  const { peer, clock } = rawDownstream(acceptor, [
    PREFACE_BYTES,
    settings(SETTING.initialWindow, 10),
  ]);
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...POST)));
  await settle();
  streams[0]!.respond(OK);
  streams[0]!.write(Buffer.alloc(100));
  streams[0]!.end(["x-sum", "1"]);
  for (let i = 0; i < 4; i++) peer.send(frame(FRAME.data, 0, 1, PIECE));
  await settle();
  clock.advance(LIMITS.lingerMs * 2);
  peer.send(frame(FRAME.data, 0, 1, Buffer.from("x")));
  await settle();
  assert.deepEqual(peer.errors, []);
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(1000)));
  await settle();
  assert.equal(sizeOf(peer), 100);
  assert.equal(peer.of(FRAME.headers, 1).at(-1)!.flags, 5);
  assert.deepEqual([peer.errors, log], [NO_ERROR, []]);
});

test("a request that is dropped keeps nothing, however slowly its answer goes", async () => {
  const buffers = new BufferBudget(1e6);
  const { acceptor, streams, log } = accepting();
  const first = [PREFACE_BYTES, settings(SETTING.initialWindow, 10)];
  const { peer, connection } = rawDownstream(acceptor, first, { buffers });
  peer.send(frame(FRAME.headers, 4, 1, peer.block(...POST)));
  await settle();
  streams[0]!.pause();
  for (let i = 0; i < 2; i++) peer.send(frame(FRAME.data, 0, 1, PIECE));
  await settle();
  assert.equal(buffers.bytes, 2 * PIECE.length);
  streams[0]!.respond(OK);
  streams[0]!.write(Buffer.alloc(100));
  streams[0]!.end();
  for (let i = 0; i < 6; i++) {
    await settle();
    peer.send(frame(FRAME.data, i === 5 ? 1 : 0, 1, PIECE));
  }
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(1000)));
  await settle();
  assert.equal(sizeOf(peer), 100);
  assert.deepEqual([connection.streamsOpen, buffers.bytes, log, peer.errors], [0, 0, [], []]);
});

test("an answer that is whole survives the refusal of its request, read or not", async () => {
  for (const isPaused of [false, true]) {
    const { connection, peer } = rawUpstream();
    await settle();
    const log: string[] = [];
    const stream = connection.open({ ...GET, method: "POST", contentLength: -1 }, notes(log));
    if (isPaused) stream.pause();
    peer.send(frame(FRAME.headers, 4, 1, peer.block(":status", "413")));
    peer.send(frame(FRAME.data, 1, 1, Buffer.from("too much")));
    peer.send(frame(FRAME.reset, 0, 1, uint32(ERROR.none)));
    await settle();
    assert.equal(stream.write(PIECE), true);
    stream.end();
    stream.resume();
    await settle();
    assert.deepEqual(log, ["head 413", "data 8", "end"]);
    assert.deepEqual([connection.slotsUsed, peer.errors], [0, []]);
  }
});

test("a refusal that comes before the answer is whole is a loss", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const log: string[] = [];
  connection.open(GET, notes(log)).end();
  peer.send(frame(FRAME.headers, 4, 1, peer.block(":status", "200")));
  peer.send(frame(FRAME.reset, 0, 1, uint32(ERROR.none)));
  await settle();
  assert.deepEqual(log, ["head 200", "fail upstream-reset never"]);
});

// A request whose head has come and whose answer is out.
async function answered() {
  const { acceptor, streams, log } = accepting();
  const rig = rawDownstream(acceptor);
  rig.peer.send(frame(FRAME.headers, 4, 1, rig.peer.block(...POST)));
  await settle();
  streams[0]!.respond(OK);
  streams[0]!.end();
  await settle();
  return { ...rig, log };
}

function accepting() {
  const streams: DownstreamStream[] = [];
  const log: string[] = [];
  const acceptor: RequestAcceptor = {
    request(_, stream) {
      streams.push(stream);
      return notes(log);
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  };
  return { acceptor, streams, log };
}

function sizeOf(peer: RawPeer): number {
  return peer.of(FRAME.data, 1).reduce((sum, { payload }) => sum + payload.length, 0);
}
