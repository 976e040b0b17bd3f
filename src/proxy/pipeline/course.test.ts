// The way of a request as a rule wants it, to the millisecond.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { RetryConditionsPlan, RetryPlan, TimeoutsPlan } from "#snapshot/route-traffic-plan.ts";
import type { CourseRules } from "./course.ts";
import { ExchangeRig } from "./exchange-rig.ts";

const GET: RequestHead = {
  ...{ method: "GET", scheme: "http", authority: "catalog:8080", path: "/" },
  ...{ headers: [], contentLength: 0 },
};
const PUT: RequestHead = { ...GET, method: "PUT", contentLength: -1 };
const CALL: RequestHead = { ...PUT, method: "POST", headers: ["content-type", "application/grpc"] };
const WEBSOCKET: RequestHead = { ...GET, contentLength: -1, upgrade: "websocket" };
const NOTHING: RetryConditionsPlan = {
  ...{ statuses: [], grpcStatuses: [], reset: false, timeout: false },
};
const RESOLUTION_MS = 10;
const BACKOFF_MS = 100;
const BODY = Buffer.from("body");

test("all the time of a request is 504 with its own cause, 10 ms late at most", () => {
  for (const span of ["whole", "waiting"] as const) {
    const rig = new ExchangeRig({ rules: rules({ requestMs: 100, span }) });
    const { stream, told } = rig.ask(GET);
    stream.end();
    rig.advance(99);
    assert.deepEqual(told.told, []);
    rig.advance(1 + RESOLUTION_MS);
    assert.deepEqual(told.told, ["head 504", "end"]);
    assert.equal(findHeader(told.headers, "weft-cause"), "route-timeout");
    assertOver(rig, ["504 route-timeout"]);
  }
});

test("a gRPC call over its time ends with status 4", () => {
  const rig = new ExchangeRig({ rules: rules({ requestMs: 100 }) });
  const { stream, told } = rig.ask(CALL);
  stream.end();
  rig.advance(100 + RESOLUTION_MS);
  assert.equal(findHeader(told.headers, "grpc-status"), "4");
  assertOver(rig, ["200 route-timeout"]);
});

test("Istio's time begins with the end of the request, Gateway API's with its head", () => {
  const waiting = new ExchangeRig({ rules: rules({ requestMs: 100 }) });
  const { stream, told } = waiting.ask(PUT);
  waiting.advance(5_000);
  assert.deepEqual(told.told, []);
  stream.end();
  waiting.advance(100 + RESOLUTION_MS);
  assert.deepEqual(told.told, ["head 504", "end"]);
  const whole = new ExchangeRig({ rules: rules({ requestMs: 100, span: "whole" }) });
  const other = whole.ask(PUT);
  whole.advance(100 + RESOLUTION_MS);
  assert.equal(other.told.told[0], "head 504");
});

test("an answer that has begun is broken off at the request's time", () => {
  const rig = new ExchangeRig({ rules: rules({ requestMs: 100 }) });
  const { stream, told } = rig.ask(GET);
  stream.end();
  rig.run();
  rig.asked[0]!.stream.respond({ status: 200, headers: [], contentLength: -1 });
  rig.advance(100 + RESOLUTION_MS);
  assert.deepEqual(told.told, ["head 200", "fail internal"]);
  assertOver(rig, ["200 route-timeout"]);
});

test("a try's time ends with the head of its answer (Istio), or with its end (Gateway API)", () => {
  const toldAfter = (span: TimeoutsPlan["span"]) => {
    const rig = new ExchangeRig({ rules: rules({ tryMs: 100, span }) });
    const { stream, told } = rig.ask(GET);
    stream.end();
    rig.run();
    rig.asked[0]!.stream.respond({ status: 200, headers: [], contentLength: -1 });
    rig.advance(100 + RESOLUTION_MS);
    return told.told;
  };
  assert.deepEqual(toldAfter("waiting"), ["head 200"]);
  assert.deepEqual(toldAfter("whole"), ["head 200", "fail internal"]);
});

test("a tunnel that is open has no time", () => {
  const rig = new ExchangeRig({ rules: rules({ requestMs: 100, tryMs: 50, span: "whole" }) });
  const { told } = rig.ask(WEBSOCKET);
  rig.asked[0]!.stream.respond({ status: 101, headers: [], contentLength: -1 });
  rig.advance(5_000);
  assert.deepEqual(told.told, ["head 101"]);
});

test("a try that had its time is followed by another, with the whole body, after a pause", () => {
  const retry = { on: { ...NOTHING, timeout: true } };
  const rig = new ExchangeRig({ rules: rules({ tryMs: 100 }, retry) });
  const { stream, told } = rig.ask(PUT);
  stream.write(BODY);
  stream.end();
  rig.run();
  assert.equal(rig.copiedBytes, BODY.length);
  rig.advance(100 + RESOLUTION_MS);
  assert.equal(rig.asked.length, 1);
  rig.advance(BACKOFF_MS - 1);
  assert.equal(rig.asked.length, 1);
  rig.advance(BACKOFF_MS / 2 + RESOLUTION_MS);
  assert.equal(rig.asked.length, 2);
  assert.equal(rig.application.bytes, 2 * BODY.length);
  answerLast(rig, 200);
  assert.deepEqual(told.told, ["head 200", "end"]);
  assert.equal(rig.copiedBytes, 0);
  assertOver(rig, ["200"]);
});

test("only the conditions that are met lead to another try", () => {
  const triesAfter = (on: Partial<RetryConditionsPlan>, headers: readonly string[] = []) => {
    const rig = new ExchangeRig({ rules: rules({}, { on: { ...NOTHING, ...on } }) });
    const { stream } = rig.ask(GET);
    stream.end();
    rig.run();
    rig.asked[0]!.stream.respond({ status: 503, headers, contentLength: 0 });
    rig.asked[0]!.stream.end();
    rig.advance(2 * BACKOFF_MS);
    return rig.asked.length;
  };
  assert.equal(triesAfter({ statuses: [[500, 599]] }), 2);
  assert.equal(triesAfter({ statuses: [[500, 502]] }), 1);
  assert.equal(triesAfter({ grpcStatuses: [8, 14] }, ["grpc-status", "14"]), 2);
  assert.equal(triesAfter({ grpcStatuses: [8, 14] }, ["grpc-status", "13"]), 1);
  assert.equal(triesAfter({ reset: true, timeout: true }), 1);
});

test("whoever goes away in the pause between two tries leaves nothing behind", () => {
  const rig = new ExchangeRig({ rules: rules({}, { on: { ...NOTHING, statuses: [[503, 503]] } }) });
  const { stream } = rig.ask(GET);
  stream.end();
  answerLast(rig, 503);
  stream.cancel();
  rig.advance(10 * BACKOFF_MS);
  assert.equal(rig.asked.length, 1);
  assertOver(rig, ["499 downstream-reset"]);
});

function rules(timeouts: Partial<TimeoutsPlan>, retry?: Partial<RetryPlan>): CourseRules {
  const all = { attempts: 2, backoffMs: BACKOFF_MS, allowsUnsafe: false, avoidsTried: true };
  return {
    timeouts: { requestMs: 0, tryMs: 0, span: "waiting", ...timeouts },
    retry: retry && { ...all, on: NOTHING, ...retry },
  };
}

function answerLast(rig: ExchangeRig, status: number): void {
  rig.run();
  const { stream } = rig.asked.at(-1)!;
  stream.respond({ status, headers: [], contentLength: 0 });
  stream.end();
  rig.run();
}

// Everything that it held is given back, and it is counted once.
function assertOver(rig: ExchangeRig, counted: readonly string[]): void {
  rig.run();
  assert.deepEqual(rig.counted, counted);
  assert.equal(rig.seriesOpen, 0);
  assert.equal(rig.load.inFlight, 0);
  assert.equal(rig.copiedBytes, 0);
}
