// Exchanges on which nothing moves: what they cost ends, at both sides, and is counted once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { ExchangeRig } from "./exchange-rig.ts";

const GET: RequestHead = {
  method: "GET",
  scheme: "http",
  authority: "catalog:8080",
  path: "/",
  headers: [],
  contentLength: 0,
};
const POST: RequestHead = { ...GET, method: "POST", contentLength: -1 };
const WEBSOCKET: RequestHead = { ...GET, contentLength: -1, upgrade: "websocket" };
const CALL: RequestHead = { ...POST, headers: ["content-type", "application/grpc"] };
const OK = { status: 200, headers: [], contentLength: -1 };
const SWITCHED = { status: 101, headers: [], contentLength: -1 };
const STREAM_IDLE_S = 300;
const TUNNEL_IDLE_S = 3_600;
const HALF_CLOSED_S = 60;
const CHUNK = Buffer.alloc(16 * 1024);
const LAST = Buffer.alloc(4 * 1024);

test("an answer that never begins is a 504 after five minutes, and is asked for no more", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(GET);
  stream.end();
  rig.pass(STREAM_IDLE_S - 1);
  assert.deepEqual(told.told, []);
  rig.pass(2);
  assert.deepEqual(told.told, ["head 504", "end"]);
  assert.equal(findHeader(told.headers, "weft-cause"), "stream-idle");
  assert.deepEqual(rig.application.told, ["end", "fail cancel"]);
  assertOver(rig, ["504 stream-idle"]);
});

test("a gRPC call that is never answered ends as one whose deadline is exceeded", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(CALL);
  stream.end();
  rig.pass(STREAM_IDLE_S + 1);
  assert.deepEqual(told.told, ["head 200", "end"]);
  assert.equal(findHeader(told.headers, "grpc-status"), "4");
  assertOver(rig, ["200 stream-idle"]);
});

test("an answer that stops halfway is broken off at both sides", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(GET);
  stream.end();
  rig.run();
  rig.asked[0]!.stream.respond(OK);
  rig.asked[0]!.stream.write(CHUNK);
  rig.pass(STREAM_IDLE_S - 1);
  assert.deepEqual(told.told, ["head 200"]);
  rig.pass(2);
  assert.deepEqual(told.told, ["head 200", "fail internal"]);
  assert.deepEqual(rig.application.told, ["end", "fail cancel"]);
  assertOver(rig, ["200 stream-idle"]);
});

test("a request that waits for a connection all that time loses its place", () => {
  const rig = new ExchangeRig({ slotsPerConnection: 1 });
  const first = rig.ask(GET);
  first.stream.end();
  rig.run();
  rig.asked[0]!.stream.respond(OK);
  const second = rig.ask(GET);
  second.stream.end();
  rig.pass(STREAM_IDLE_S + 1, (s) => s % 100 === 0 && rig.asked[0]!.stream.write(CHUNK));
  assert.deepEqual(second.told.told, ["head 504", "end"]);
  rig.asked[0]!.stream.end();
  rig.run();
  assert.deepEqual(first.told.told, ["head 200", "end"]);
  assert.equal(rig.asked.length, 1);
  assertOver(rig, ["504 stream-idle", "200"]);
});

test("an exchange on which anything moves goes on, in whichever direction", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(CALL);
  rig.pass(3_000, (s) => {
    if (s % 299 !== 0) return;
    if (s === 598) rig.asked[0]!.stream.respond(OK);
    else if (s % 2 === 0) rig.asked[0]!.stream.write(CHUNK);
    else stream.write(CHUNK);
  });
  assert.deepEqual(told.told, ["head 200"]);
  stream.end();
  rig.asked[0]!.stream.end();
  rig.run();
  assertOver(rig, ["200"]);
});

test("a reader who takes nothing costs what the windows hold, and that for five minutes", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(GET);
  stream.end();
  stream.pause();
  rig.run();
  const { stream: answering } = rig.asked[0]!;
  answering.respond(OK);
  let written = 0;
  while (answering.write(CHUNK)) {
    written += CHUNK.length;
    rig.run();
  }
  rig.run();
  assert.ok(rig.tools.buffers.bytes > 0, "something is kept for the reader");
  assert.ok(written < 1024 * 1024, `${written} bytes were taken`);
  rig.pass(STREAM_IDLE_S + 1);
  assert.equal(told.told.at(-1), "fail internal");
  assert.equal(rig.tools.buffers.bytes, 0);
  assert.equal(rig.application.told.at(-1), "fail cancel");
  assertOver(rig, ["200 stream-idle"]);
});

test("the end of an answer that nobody takes is thrown away after five minutes", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(GET);
  stream.end();
  stream.pause();
  rig.run();
  const { stream: answering } = rig.asked[0]!;
  answering.respond(OK);
  // More than the reader's window, less than what makes the writer wait.
  for (let i = 0; i < 6; i++) {
    answering.write(CHUNK);
    rig.run();
  }
  answering.end();
  rig.run();
  assertOver(rig, ["200"]);
  rig.pass(STREAM_IDLE_S - 1);
  assert.deepEqual(told.told, ["head 200"]);
  rig.pass(2);
  assert.deepEqual(told.told, ["head 200", "fail cancel"]);
});

test("the end of an answer that is taken slowly arrives", () => {
  const rig = new ExchangeRig({ peerLimits: [["streamWindowBytes", CHUNK.length]] });
  const { stream, told } = rig.ask(GET);
  stream.end();
  stream.pause();
  rig.run();
  const { stream: answering } = rig.asked[0]!;
  answering.respond(OK);
  // Less than what makes the writer wait.
  for (let i = 0; i < 4; i++) answering.write(CHUNK);
  answering.write(LAST);
  answering.end();
  rig.run();
  assertOver(rig, ["200"]);
  // A piece at a time, and each piece makes room for the next.
  told.came = () => stream.pause();
  rig.pass(2 * STREAM_IDLE_S, (s) => s % 80 === 0 && stream.resume());
  assert.deepEqual(told.told, ["head 200"]);
  assert.ok(told.bytes > 0 && told.bytes < 4 * CHUNK.length + LAST.length);
  rig.pass(2 * STREAM_IDLE_S, (s) => s % 80 === 0 && stream.resume());
  assert.deepEqual(told.told, ["head 200", "end"]);
  assert.equal(told.bytes, 4 * CHUNK.length + LAST.length);
});

test("the end of a tunnel that nobody takes is thrown away, at the application, too", () => {
  const rig = new ExchangeRig();
  const { stream } = rig.ask(WEBSOCKET);
  rig.run();
  const answering = rig.asked[0]!.stream;
  answering.respond(SWITCHED);
  answering.pause();
  rig.run();
  for (let i = 0; i < 6; i++) {
    stream.write(CHUNK);
    rig.run();
  }
  stream.end();
  answering.end();
  rig.run();
  assertOver(rig, ["101"]);
  rig.pass(STREAM_IDLE_S - 1);
  assert.deepEqual(rig.application.told, []);
  rig.pass(2);
  assert.deepEqual(rig.application.told, ["fail cancel"]);
});

test("a tunnel may be silent for an hour, and then ends at both sides", () => {
  const rig = new ExchangeRig();
  const { told } = rig.ask(WEBSOCKET);
  rig.run();
  rig.asked[0]!.stream.respond(SWITCHED);
  rig.pass(TUNNEL_IDLE_S - 1);
  assert.deepEqual(told.told, ["head 101"]);
  rig.pass(2);
  assert.deepEqual(told.told, ["head 101", "fail connect"]);
  assert.deepEqual(rig.application.told, ["fail cancel"]);
  assertOver(rig, ["101 stream-idle"]);
});

test("a tunnel that one side has closed may be silent for a minute", () => {
  for (const closes of ["asker", "application"]) {
    const rig = new ExchangeRig();
    const { stream, told } = rig.ask(WEBSOCKET);
    rig.run();
    const answering = rig.asked[0]!.stream;
    answering.respond(SWITCHED);
    rig.run();
    const [closing, speaking] = closes === "asker" ? [stream, answering] : [answering, stream];
    closing.end();
    rig.pass(10 * HALF_CLOSED_S, (s) => s % (HALF_CLOSED_S - 1) === 0 && speaking.write(CHUNK));
    assert.equal(rig.counted.length, 0, "the other side still speaks");
    rig.pass(HALF_CLOSED_S + 1);
    assert.equal(told.told.at(-1), "fail connect");
    assert.equal(rig.application.told.at(-1), "fail cancel");
    assertOver(rig, ["101 stream-idle"]);
  }
});

test("a tunnel that is never opened has the time of a request", () => {
  const rig = new ExchangeRig();
  const { told } = rig.ask(WEBSOCKET);
  rig.pass(STREAM_IDLE_S + 1);
  assert.deepEqual(told.told, ["head 504", "end"]);
  assertOver(rig, ["504 stream-idle"]);
});

test("another limit holds at once, for what is open already, too", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(GET);
  stream.end();
  rig.pass(20);
  rig.tools.limits.replace([["streamIdleMs", 10_000]]);
  rig.pass(1);
  assert.deepEqual(told.told, ["head 504", "end"]);
  assertOver(rig, ["504 stream-idle"]);
});

function assertOver(rig: ExchangeRig, counted: readonly string[]): void {
  assert.deepEqual(rig.counted, counted);
  assert.equal(rig.seriesOpen, 0);
  assert.equal(rig.load.inFlight, 0);
  assert.equal(rig.tools.buffers.bytes, 0);
}
