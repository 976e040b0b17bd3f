// DATA that comes for streams that we have reset: what was on its way is dropped in peace, a peer
// that goes on is cut off.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { ERROR, FLAG, FRAME } from "./frame-types.ts";
import { frame, notes, type RawPeer, rawDownstream, rawUpstream, settle } from "./raw-peer.ts";
import { echo, GET } from "./test-tools.ts";

const PIECE = Buffer.alloc(LIMITS.frameBytesMax);
const PIECES = LIMITS.streamWindowBytes / LIMITS.frameBytesMax;

test("an upstream whose stream we reset may still send its window, and end it", async () => {
  const { connection, peer } = await cancelled();
  for (let i = 0; i < PIECES; i++) peer.send(data(1, PIECE));
  peer.send(frame(FRAME.data, FLAG.endStream, 1));
  await settle();
  assert.deepEqual(peer.errors, [`reset 1: ${ERROR.cancel}`]);
  const log: string[] = [];
  connection.open(GET, notes(log)).end();
  await settle();
  peer.send(frame(FRAME.headers, 5, 3, peer.block(":status", "200")));
  await settle();
  assert.deepEqual(log, ["head 200", "end"], "the connection goes on");
});

test("an upstream that sends on after our reset is cut off, and replaced", async () => {
  const { connection, peer, told } = await cancelled();
  for (let i = 0; i <= PIECES; i++) peer.send(data(1, PIECE));
  await settle();
  assert.equal(peer.errors.at(-1), `goaway 0: ${ERROR.enhanceYourCalm}`);
  assert.ok(peer.hasEnded);
  assert.equal(connection.slotsFree, 0);
  assert.ok(told.includes("draining"), "its pool looks for another");
});

test("an upstream that ends a stream again and again after our reset is cut off", async () => {
  const { peer } = await cancelled(LIMITS.streamWindowBytes);
  for (let i = 0; i < 2; i++) peer.send(frame(FRAME.data, FLAG.endStream, 1));
  await settle();
  assert.equal(peer.errors.at(-1), `goaway 0: ${ERROR.enhanceYourCalm}`);
});

test("other streams fail with their connection, and are not tried again", async () => {
  const { connection, peer } = await cancelled();
  const log: string[] = [];
  connection.open(GET, notes(log)).end();
  await settle();
  for (let i = 0; i <= PIECES; i++) peer.send(data(1, PIECE));
  await settle();
  assert.deepEqual(log, ["fail upstream-malformed never"]);
});

test("a downstream that sends on after our reset is cut off, too", async () => {
  const { peer } = rawDownstream({
    ...echo,
    request(_, stream) {
      stream.reset({ code: "overflow", side: "proxy", retry: "never", detail: "" });
      return notes([]);
    },
  });
  const head = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
  peer.send(frame(FRAME.headers, FLAG.endHeaders, 1, peer.block(...head)));
  for (let i = 0; i < PIECES; i++) peer.send(data(1, PIECE));
  await settle();
  assert.ok(!peer.hasEnded);
  peer.send(data(1, PIECE));
  await settle();
  assert.equal(peer.errors.at(-1), `goaway 1: ${ERROR.enhanceYourCalm}`);
});

// A request that was answered with some of a body, and then cancelled by us.
async function cancelled(bodyBytes = 0) {
  const raw = rawUpstream();
  const stream = raw.connection.open(GET, notes([]));
  stream.end();
  await settle();
  raw.peer.send(frame(FRAME.headers, FLAG.endHeaders, 1, raw.peer.block(":status", "200")));
  stream.pause();
  for (let sent = 0; sent < bodyBytes; sent += PIECE.length) raw.peer.send(data(1, PIECE));
  await settle();
  stream.cancel();
  await settle();
  return raw;
}

function data(id: number, payload: Buffer): ReturnType<RawPeer["block"]> {
  return frame(FRAME.data, 0, id, payload);
}
