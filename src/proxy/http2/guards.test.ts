import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { ClosedStreams } from "./closed-streams.ts";
import { parseContentLength } from "./content-length.ts";
import { FloodGuard } from "./flood-guard.ts";
import { errorName } from "./frame-types.ts";
import { Stream } from "./stream.ts";
import { nextStreamState } from "./stream-state.ts";
import { StreamTable } from "./stream-table.ts";

test("a stream is closed by two ends or by one reset, and never ends twice", () => {
  assert.equal(nextStreamState("open", "we-ended"), "half-closed-local");
  assert.equal(nextStreamState("half-closed-local", "peer-ended"), "closed");
  assert.equal(nextStreamState("half-closed-local", "we-ended"), "forbidden");
  assert.equal(nextStreamState("half-closed-remote", "peer-ended"), "forbidden");
  assert.equal(nextStreamState("half-closed-remote", "we-ended"), "closed");
  assert.equal(nextStreamState("open", "reset"), "closed");
});

test("the last closed streams are remembered, older ones forgotten, others known as unused", () => {
  const closed = new ClosedStreams(LIMITS);
  closed.note(1, true, 0);
  closed.note(3, false, 0);
  assert.equal(closed.find(1), "reset-by-us");
  assert.equal(closed.find(3), "ended-by-peer");
  assert.equal(closed.find(5), "never-opened");
  for (let i = 0; i < LIMITS.closedStreamsRemembered; i++) closed.note(7 + 2 * i, false, 0);
  assert.equal(closed.find(1), "forgotten");
  assert.equal(closed.find(7), "ended-by-peer");
});

test("DATA after a reset is paid from the windows of what was reset, and no other", () => {
  const closed = new ClosedStreams(LIMITS);
  closed.note(1, false, 1000);
  assert.equal(closed.takeLate(0), false, "the peer's own end allows nothing");
  const reset = new ClosedStreams(LIMITS);
  reset.note(1, true, 1000);
  assert.equal(reset.takeLate(600), true);
  assert.equal(reset.takeLate(400), true);
  assert.equal(reset.takeLate(0), true, "an empty frame may end it");
  assert.equal(reset.takeLate(0), false);
});

test("many resets allow no more DATA than a connection's window can carry", () => {
  const closed = new ClosedStreams(LIMITS);
  for (let i = 0; i < 100; i++) closed.note(2 * i + 1, true, LIMITS.streamWindowGrownBytes);
  assert.equal(closed.takeLate(LIMITS.connectionWindowBytes), true);
  assert.equal(closed.takeLate(LIMITS.streamWindowBytes), false);
});

test("a flood guard lets a burst pass, then what time brings", () => {
  const clock = new FakeClock();
  const guard = new FloodGuard(clock, LIMITS);
  const passed = () => {
    let count = 0;
    while (guard.noteReset()) count++;
    return count;
  };
  assert.equal(passed(), LIMITS.resetsBurst);
  clock.advance(2000);
  assert.equal(passed(), 2 * LIMITS.resetsPerSecond);
  guard.noteServed();
  assert.equal(passed(), 1);
  clock.advance(3_600_000);
  assert.equal(passed(), LIMITS.resetsBurst);
});

test("a stream table finds what is in it, also where slots are shared", () => {
  const table = new StreamTable();
  const streams = Array.from({ length: 300 }, (_, i) => streamOf(2 * i + 1));
  for (const stream of streams) table.add(stream);
  assert.equal(table.size, 300);
  for (const stream of streams) assert.equal(table.get(stream.id), stream);
  for (const stream of streams.filter(({ id }) => id % 3 === 0)) table.remove(stream);
  table.remove(streams[1]!);
  assert.equal(table.size, 200);
  for (const stream of streams) {
    assert.equal(table.get(stream.id), stream.id % 3 === 0 ? undefined : stream);
  }
  assert.equal(table.all().length, 200);
});

test("a content-length is digits, and not too many", () => {
  assert.equal(parseContentLength("0"), 0);
  assert.equal(parseContentLength("0012"), 12);
  assert.equal(parseContentLength("999999999999999"), 999_999_999_999_999);
  for (const text of ["", "-1", "+1", "1 ", " 1", "1,1", "0x1", "1e3", "1".repeat(16)]) {
    assert.equal(parseContentLength(text), -1, text);
  }
});

test("error codes have names for people, unknown ones a number", () => {
  assert.equal(errorName(11), "enhanceYourCalm");
  assert.equal(errorName(99), "error 99");
});

// All that a table looks at.
function streamOf(id: number): Stream {
  return Object.assign(Object.create(Stream.prototype), { id, nextInSlot: undefined });
}
