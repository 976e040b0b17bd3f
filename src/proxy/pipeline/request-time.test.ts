// Bodies of requests that take their time, and calls that bring a deadline.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { ExchangeRig } from "./exchange-rig.ts";

const POST: RequestHead = {
  method: "POST",
  scheme: "http",
  authority: "catalog:8080",
  path: "/",
  headers: [],
  contentLength: -1,
};
const CALL: RequestHead = { ...POST, headers: ["content-type", "application/grpc"] };
const OK = { status: 200, headers: [], contentLength: -1 };
const REQUEST_S = 300;
const CRUMB = Buffer.from("x");

test("a body that comes byte by byte is a 408 after five minutes", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(POST);
  rig.pass(REQUEST_S - 1, (s) => s % 10 === 0 && stream.write(CRUMB));
  assert.deepEqual(told.told, []);
  rig.pass(2);
  assert.equal(told.told[0], "head 408");
  assert.equal(findHeader(told.headers, "weft-cause"), "request-timeout");
  assert.equal(rig.application.told.at(-1), "fail cancel");
  assert.deepEqual(rig.counted, ["408 request-timeout"]);
  assert.equal(rig.load.inFlight, 0);
});

test("over HTTP/1 the connection of such a body is closed behind the 408", () => {
  const rig = new ExchangeRig();
  const told = { received: "", hasEnded: false };
  const peer = rig.connectHttp1(told);
  peer.write(Buffer.from("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n"));
  rig.pass(REQUEST_S + 1, (s) => s % 10 === 0 && peer.write(CRUMB));
  assert.match(told.received, /^HTTP\/1\.1 408 (.*\r\n)*weft-cause: request-timeout\r\n/);
  rig.pass(2);
  assert.equal(told.hasEnded, true);
  assert.deepEqual(rig.counted, ["408 request-timeout"]);
});

test("a body that never comes is the sender's fault", () => {
  const rig = new ExchangeRig();
  const { told } = rig.ask({ ...POST, contentLength: 10 });
  rig.pass(REQUEST_S + 1);
  assert.equal(told.told[0], "head 408");
  assert.deepEqual(rig.counted, ["408 request-timeout"]);
});

test("a large body may take as long as it likes if it moves", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(POST);
  const perSecond = Buffer.alloc(Math.ceil(LIMITS.requestTimeoutBytesMin / REQUEST_S));
  rig.pass(10 * REQUEST_S, () => stream.write(perSecond));
  assert.deepEqual(told.told, []);
  assert.equal(rig.application.bytes, 10 * REQUEST_S * perSecond.length);
  rig.pass(2 * REQUEST_S, () => stream.write(CRUMB));
  assert.equal(told.told[0], "head 408");
});

test("time in which the application takes nothing is not the sender's", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(POST);
  rig.asked[0]!.stream.pause();
  const chunk = Buffer.alloc(16 * 1024);
  let goesOn = true;
  rig.pass(REQUEST_S + 20, () => {
    if (goesOn) goesOn = stream.write(chunk);
  });
  assert.equal(goesOn, false);
  assert.equal(told.told[0], "head 504");
  assert.deepEqual(rig.counted, ["504 stream-idle"]);
});

test("who is answered already may go on talking, however little", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(POST);
  rig.pass(3 * REQUEST_S, (s) => {
    if (s === 100) rig.asked[0]!.stream.respond(OK);
    if (s % 10 === 0) stream.write(CRUMB);
  });
  assert.deepEqual(told.told, ["head 200"]);
});

test("a gRPC call may stream a message now and then, before it is answered, too", () => {
  const rig = new ExchangeRig();
  const { stream, told } = rig.ask(CALL);
  rig.pass(10 * REQUEST_S, (s) => s % 200 === 0 && stream.write(CRUMB));
  assert.deepEqual(told.told, []);
});
