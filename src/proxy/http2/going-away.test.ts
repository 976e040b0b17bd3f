// How connections end, and what a lost exchange is told about asking again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import { ERROR, FRAME, SETTING } from "./frame-types.ts";
import {
  frame,
  notes,
  type RawPeer,
  rawDownstream,
  rawUpstream,
  settings,
  settle,
  uint32,
} from "./raw-peer.ts";
import { echo, GET, OK } from "./test-tools.ts";

const HEAD = [":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/"];
const request = (peer: RawPeer, id: number) => frame(FRAME.headers, 5, id, peer.block(...HEAD));
const answer = (peer: RawPeer, id: number) =>
  frame(FRAME.headers, 5, id, peer.block(":status", "200"));
const goAway = (lastId: number, code = 0) => frame(FRAME.goAway, 0, 0, uint32(lastId, code));
const PONG = frame(FRAME.ping, 1, 0, Buffer.alloc(8));

test("a draining server takes what was on its way, finishes all, and then closes", async () => {
  const streams: DownstreamStream[] = [];
  const { connection, peer, clock, closedTimes } = rawDownstream({
    ...echo,
    request(_, stream) {
      streams.push(stream);
      return notes([]);
    },
  });
  peer.send(request(peer, 1));
  await settle();
  connection.drain();
  await settle();
  assert.equal(lastGoAway(peer), 2 ** 31 - 1);
  peer.send(request(peer, 3), PONG);
  await settle();
  // Its library answers ahead of what was given to it before, and so on.
  clock.advance(LIMITS.goAwaySettleMs - 20);
  peer.send(request(peer, 5), PONG);
  await settle();
  assert.equal(lastGoAway(peer), 2 ** 31 - 1);
  clock.advance(40);
  await settle();
  assert.equal(lastGoAway(peer), 5);
  peer.send(request(peer, 7));
  await settle();
  assert.equal(streams.length, 3);
  for (const stream of streams) {
    assert.ok(!peer.hasEnded);
    stream.respond(OK);
    stream.end();
    await settle();
  }
  assert.ok(peer.hasEnded);
  peer.destroy();
  await settle();
  assert.equal(closedTimes(), 1);
  assert.deepEqual(peer.errors, []);
});

test("a draining server doesn't wait for ever for a peer that is silent", async () => {
  const { connection, peer, clock, closedTimes } = rawDownstream(echo);
  await settle();
  connection.drain();
  await settle();
  clock.advance(LIMITS.lingerMs + 20);
  await settle();
  assert.ok(peer.hasEnded);
  clock.advance(LIMITS.lingerMs + 20);
  await settle();
  assert.equal(closedTimes(), 1);
});

test("an idle server connection drains by itself, a used one doesn't", async () => {
  const { peer, clock } = rawDownstream(echo);
  await settle();
  clock.advance(LIMITS.downstreamIdleMs / 2);
  peer.send(request(peer, 1));
  await settle();
  clock.advance(LIMITS.downstreamIdleMs / 2 + 20);
  await settle();
  assert.equal(peer.of(FRAME.goAway).length, 0);
  clock.advance(LIMITS.downstreamIdleMs + 20);
  await settle();
  assert.equal(lastGoAway(peer), 2 ** 31 - 1);
});

test("a stream above GOAWAY's last id may always be asked again, one below goes on", async () => {
  const { connection, peer, told } = rawUpstream();
  await settle();
  const logs: string[][] = [[], [], []];
  for (const log of logs) connection.open(GET, notes(log)).end();
  await settle();
  peer.send(goAway(3));
  await settle();
  assert.deepEqual(logs, [[], [], ["fail upstream-reset always"]]);
  assert.equal(connection.slotsFree, 0);
  assert.ok(told.includes("draining") && !told.includes("closed"));
  peer.send(answer(peer, 1), answer(peer, 3));
  await settle();
  assert.deepEqual(logs.slice(0, 2), [
    ["head 200", "end"],
    ["head 200", "end"],
  ]);
  assert.ok(peer.hasEnded);
  peer.destroy();
  await settle();
  assert.equal(told.at(-1), "closed");
});

test("a refused stream may always be asked again, a reset one not", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const logs: string[][] = [[], []];
  for (const log of logs) connection.open(GET, notes(log)).end();
  peer.send(
    frame(FRAME.reset, 0, 1, uint32(ERROR.refusedStream)),
    frame(FRAME.reset, 0, 3, uint32(ERROR.internal)),
  );
  await settle();
  assert.deepEqual(logs, [["fail upstream-reset always"], ["fail upstream-reset never"]]);
});

test("a connection that breaks fails what is open, each once, before it says closed", async () => {
  const { connection, peer, told } = rawUpstream();
  await settle();
  const log: string[] = told;
  for (let i = 0; i < 2; i++) connection.open(GET, notes(log)).end();
  await settle();
  peer.destroy();
  await settle();
  assert.deepEqual(
    told.filter((line) => line !== "slotsChanged"),
    ["fail upstream-reset never", "fail upstream-reset never", "closed"],
  );
});

test("an exchange whose head never left may always be asked again", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  const log: string[] = [];
  // The end arrives in this tick, before the block is flushed.
  peer.destroy();
  connection.open(GET, notes(log)).end();
  await settle();
  assert.deepEqual(log, ["fail upstream-reset always"]);
});

for (const [how, breakOff] of [
  ["breaks", (peer: RawPeer) => peer.destroy()],
  ["is closed", (peer: RawPeer) => peer.end()],
  ["is going away", (peer: RawPeer) => peer.send(goAway(0))],
] as const) {
  test(`an exchange that is told that its connection ${how} finds no slot on it`, async () => {
    const { connection, peer } = rawUpstream();
    await settle();
    const slots: number[] = [];
    const fail = () => slots.push(connection.slotsFree);
    for (let i = 0; i < 2; i++) connection.open(GET, { ...notes([]), fail }).end();
    breakOff(peer);
    await settle();
    assert.deepEqual(slots, [0, 0]);
  });
}

test("one that a reused, idle connection swallows may be, if idempotent", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  assert.equal(connection.isReused, false);
  connection.open(GET, notes([])).end();
  peer.send(answer(peer, 1));
  await settle();
  assert.equal(connection.isReused, true);
  const log: string[] = [];
  connection.open(GET, notes(log)).end();
  connection.open(GET, notes(log)).end();
  await settle();
  peer.destroy();
  await settle();
  assert.deepEqual(log, ["fail upstream-reset if-reused", "fail upstream-reset never"]);
});

test("slots follow what the peer allows, and what is open", async () => {
  const { connection, peer, told } = rawUpstream([]);
  assert.equal(connection.slotsFree, 100);
  peer.send(settings());
  await settle();
  assert.equal(connection.slotsFree, LIMITS.streamsPerConnectionMax);
  peer.send(settings(SETTING.streamsMax, 2));
  await settle();
  assert.equal(connection.slotsFree, 2);
  const stream = connection.open(GET, notes([]));
  assert.deepEqual([connection.slotsFree, connection.slotsUsed], [1, 1]);
  peer.send(settings(SETTING.streamsMax, 0));
  await settle();
  assert.equal(connection.slotsFree, 0);
  peer.send(settings(SETTING.streamsMax, 1));
  await settle();
  const before = told.length;
  stream.cancel();
  assert.equal(told.length, before);
  await settle();
  assert.equal(connection.slotsFree, 1);
  assert.deepEqual(told.slice(before), ["slotsChanged"]);
});

test("a client that drains closes when its last exchange is over", async () => {
  const { connection, peer } = rawUpstream();
  await settle();
  connection.open(GET, notes([])).end();
  connection.drain();
  assert.equal(connection.slotsFree, 0);
  await settle();
  assert.ok(!peer.hasEnded);
  peer.send(answer(peer, 1));
  await settle();
  assert.equal(lastGoAway(peer), 0);
  assert.ok(peer.hasEnded);
});

test("a silent peer is asked while somebody waits, and given up if it stays silent", async () => {
  const { connection, peer, clock, told } = rawUpstream();
  await settle();
  clock.advance(LIMITS.pingAfterMs * 3);
  await settle();
  assert.equal(peer.of(FRAME.ping).length, 0);
  const log: string[] = [];
  connection.open(GET, notes(log)).end();
  await settle();
  clock.advance(LIMITS.pingAfterMs + 20);
  await settle();
  assert.equal(peer.of(FRAME.ping).length, 1);
  peer.send(PONG);
  await settle();
  clock.advance(LIMITS.pingTimeoutMs + 20);
  await settle();
  assert.deepEqual(log, []);
  clock.advance(LIMITS.pingAfterMs + LIMITS.pingTimeoutMs + 40);
  await settle();
  assert.deepEqual(log, ["fail upstream-reset never"]);
  assert.equal(told.at(-1), "closed");
});

test("more streams than allowed are refused, and that is no offence at first", async () => {
  const { peer, connection } = rawDownstream({ ...echo, request: () => notes([]) });
  const most = LIMITS.streamsPerConnectionMax;
  for (let i = 0; i < 2 * most + 10; i++) peer.send(request(peer, 2 * i + 1));
  await settle();
  assert.equal(connection.streamsOpen, most);
  assert.equal(peer.errors.length, most + 10);
  assert.equal(peer.errors[0], `reset ${2 * most + 1}: ${ERROR.refusedStream}`);
});

function lastGoAway(peer: RawPeer): number | undefined {
  return peer.of(FRAME.goAway).at(-1)?.payload.readUInt32BE();
}
