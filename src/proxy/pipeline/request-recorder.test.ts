import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { RequestRecorder } from "./request-recorder.ts";

const HEAD: RequestHead = {
  method: "GET",
  scheme: "http",
  authority: "reviews:9080",
  path: "/reviews/7?token=secret",
  headers: ["x-request-id", "an-id", "cookie", "session=secret"],
  contentLength: 0,
};

test("requests that went well leave those that failed their places", () => {
  const recorder = new RequestRecorder(new FakeClock());
  for (let i = 0; i < 1_000; i++) note(recorder, HEAD);
  note(recorder, HEAD, 503);
  const { requests, untold } = recorder.take();
  assert.equal(requests.length, LIMITS.requestsToldMax + 1);
  assert.equal(requests[0]?.status, 503);
  assert.equal(untold, 1_000 - LIMITS.requestsToldMax);
});

test("after a report the places are free again, and hold on to nothing", () => {
  const recorder = new RequestRecorder(new FakeClock());
  note(recorder, HEAD);
  assert.equal(recorder.take().requests.length, 1);
  assert.deepEqual(recorder.take(), { requests: [], untold: 0 });
  assert.equal(recorder.next(true)?.head, undefined);
});

test("neither query nor headers are told where no rule looks at them", () => {
  const recorder = new RequestRecorder(new FakeClock());
  note(recorder, HEAD);
  const [told] = recorder.take().requests;
  assert.equal(told?.path, "/reviews/7");
  assert.deepEqual(told?.headers, []);
  assert.equal(JSON.stringify(told).includes("secret"), false);
});

test("what has no id, is a tunnel or is too large is counted and left out", () => {
  const recorder = new RequestRecorder(new FakeClock());
  note(recorder, { ...HEAD, headers: [] });
  note(recorder, { ...HEAD, method: "CONNECT" });
  note(recorder, { ...HEAD, path: `/${"x".repeat(LIMITS.requestToldBytesMax)}` });
  assert.deepEqual(recorder.take(), { requests: [], untold: 3 });
});

test("times are the wall clock's, whatever passed since the request", () => {
  const clock = new FakeClock();
  const recorder = new RequestRecorder(clock);
  const wallMs = clock.wallMs();
  const startedMs = clock.nowMs();
  clock.advance(250);
  const place = recorder.next(true)!;
  place.head = HEAD;
  place.startedMs = startedMs;
  place.endedMs = clock.nowMs();
  clock.advance(500);
  const [told] = recorder.take().requests;
  assert.deepEqual([told?.atMs, told?.durationMs], [wallMs, 250]);
});

function note(recorder: RequestRecorder, head: RequestHead, status = 200): void {
  const place = recorder.next(status < 500);
  if (!place) return;
  place.head = head;
  place.status = status;
}
