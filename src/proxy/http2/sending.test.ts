// Send windows, the queue of each stream, and whose turn it is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { UpstreamStream } from "#proxy/exchange/exchange.ts";
import { FRAME, SETTING } from "./frame-types.ts";
import { frame, notes, type RawPeer, rawUpstream, settings, settle, uint32 } from "./raw-peer.ts";
import { GET } from "./test-tools.ts";

const POST = { ...GET, method: "POST", contentLength: -1 };
const INITIAL = 65_535;

test("a request without a body is one frame, and head and body leave together", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const before = peer.frames.length;
  connection.open(GET, notes([])).end();
  const second = connection.open(POST, notes([]));
  second.write(Buffer.from("body"));
  second.end();
  await settle();
  assert.deepEqual(
    peer.frames.slice(before).map(({ type, flags, id }) => [type, flags, id]),
    [
      [FRAME.headers, 5, 1],
      [FRAME.headers, 4, 3],
      [FRAME.data, 1, 3],
    ],
  );
});

test("an end that comes a tick later is an empty frame, and trailers are a head", async () => {
  const { connection, peer } = rawUpstream();
  const first = connection.open(POST, notes([]));
  const second = connection.open(POST, notes([]));
  await settle();
  first.end();
  second.end(["x-sum", "1"]);
  await settle();
  assert.deepEqual(
    peer.of(FRAME.data).map(({ flags, id }) => [flags, id]),
    [[1, 1]],
  );
  assert.deepEqual(
    peer.of(FRAME.headers, 3).map(({ flags }) => flags),
    [4, 5],
  );
});

test("no more is sent than a stream's window allows, then what each update allows", async () => {
  const { connection, peer } = rawUpstream();
  peer.send(frame(FRAME.windowUpdate, 0, 0, uint32(10_000_000)));
  await settle();
  const log: string[] = [];
  const stream = connection.open(POST, notes(log));
  assert.equal(stream.write(Buffer.alloc(INITIAL + 100_000)), false);
  await settle();
  assert.equal(sentOn(peer, 1), INITIAL);
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(1)));
  await settle();
  assert.equal(sentOn(peer, 1), INITIAL + 1);
  assert.deepEqual(log, []);
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(80_000)));
  await settle();
  assert.deepEqual(log, ["drained"]);
  stream.end();
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(80_000)));
  await settle();
  assert.equal(sentOn(peer, 1), INITIAL + 100_000);
  assert.equal(peer.of(FRAME.data).at(-1)?.flags, 1);
});

test("the connection's window holds back all streams together", async () => {
  const { connection, peer } = rawUpstream([settings(SETTING.initialWindow, 1_000_000)]);
  await settle();
  const streams = [1, 2, 3].map(() => connection.open(POST, notes([])));
  for (const stream of streams) stream.write(Buffer.alloc(50_000));
  await settle();
  const total = () => [1, 3, 5].reduce((sum, id) => sum + sentOn(peer, id), 0);
  assert.equal(total(), INITIAL);
  peer.send(frame(FRAME.windowUpdate, 0, 0, uint32(150_000 - INITIAL)));
  await settle();
  assert.equal(total(), 150_000);
});

test("a window that SETTINGS made smaller may be negative, and is paid back first", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const stream = connection.open(POST, notes([]));
  stream.write(Buffer.alloc(60_000));
  await settle();
  peer.send(settings(SETTING.initialWindow, 10_000));
  await settle();
  stream.write(Buffer.alloc(1000));
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(50_000)));
  await settle();
  assert.equal(sentOn(peer, 1), 60_000);
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(500)));
  await settle();
  assert.equal(sentOn(peer, 1), 60_500);
});

test("streams with much to send take turns", async () => {
  const { connection, peer } = rawUpstream([
    settings(SETTING.initialWindow, 1_000_000),
    frame(FRAME.windowUpdate, 0, 0, uint32(1_000_000)),
  ]);
  await settle();
  const first = connection.open(POST, notes([]));
  const blocked = Buffer.alloc(200_000);
  // The peer doesn't read: everything is queued.
  peer.pause();
  first.write(blocked);
  const others = [1, 2, 3].map(() => connection.open(POST, notes([])));
  for (const stream of others) stream.write(Buffer.alloc(60_000));
  peer.resume();
  for (let i = 0; i < 10; i++) await settle();
  const turns = peer.of(FRAME.data).map(({ id }) => id);
  const shared = turns.slice(turns.indexOf(3), turns.indexOf(3) + 12);
  for (const id of [3, 5, 7]) {
    assert.equal(shared.filter((turn) => turn === id).length, 3, `${turns}`);
  }
  assert.equal(sentOn(peer, 1), 200_000);
});

test("nothing is produced while the peer doesn't read, beyond what the stream took", async () => {
  const { connection, peer } = rawUpstream([
    settings(SETTING.initialWindow, 2 ** 30),
    frame(FRAME.windowUpdate, 0, 0, uint32(2 ** 30)),
  ]);
  await settle();
  peer.pause();
  const stream = connection.open(POST, notes([]));
  let taken = 0;
  while (stream.write(Buffer.alloc(10_000))) taken += 10_000;
  assert.ok(taken < LIMITS.writeBulkBytes + 2 * LIMITS.writeHighWaterBytes, `${taken}`);
});

test("a cancelled stream drops its queue and says so; its neighbours go on", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const log: string[] = [];
  const first = connection.open(POST, notes(log));
  first.write(Buffer.alloc(200_000));
  await settle();
  const second = connection.open(POST, notes(log));
  second.write(Buffer.from("x"));
  first.cancel();
  peer.send(frame(FRAME.windowUpdate, 0, 0, uint32(1_000_000)));
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(1_000_000)));
  await settle();
  assert.deepEqual(peer.errors, ["reset 1: 8"]);
  assert.equal(sentOn(peer, 1), INITIAL);
  assert.equal(sentOn(peer, 3), 1);
  assert.deepEqual(log, []);
});

test("many tiny writes behind a closed window share frames", async () => {
  const { connection, peer } = rawUpstream([settings(SETTING.initialWindow, 0)]);
  await settle();
  const stream: UpstreamStream = connection.open(POST, notes([]));
  for (let i = 0; i < 1000; i++) stream.write(Buffer.from("x"));
  stream.end();
  peer.send(frame(FRAME.windowUpdate, 0, 1, uint32(1000)));
  await settle();
  assert.equal(peer.of(FRAME.data).length, 1);
  assert.equal(sentOn(peer, 1), 1000);
});

function sentOn(peer: RawPeer, id: number): number {
  return peer.of(FRAME.data, id).reduce((sum, { payload }) => sum + payload.length, 0);
}
