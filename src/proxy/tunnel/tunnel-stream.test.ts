import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { Record } from "./test-rig.ts";
import { tunnelStream } from "./tunnel-stream.ts";

const LOST: Failure = { code: "downstream-reset", side: "downstream", retry: "never", detail: "" };

test("the bytes of a tunnel are those of a connection, both ways", async () => {
  const { events, stream, inner, outer } = opened();
  events.data(Buffer.from("GET / HTTP/1.1"));
  stream.write(Buffer.from("HTTP/1.1 200 OK"));
  assert.deepEqual(inner.told, ["data GET / HTTP/1.1"]);
  assert.deepEqual(outer.told, ["write HTTP/1.1 200 OK"]);
  assert.equal(stream.remote, "127.0.0.1:4711");
  assert.equal(stream.isTaken, true);
  assert.equal(stream.isWritten, true);
});

test("bytes that come before a codec is there are kept for it", async () => {
  const { outer, downstream } = recordingDownstream();
  const { stream, events } = tunnelStream(downstream, "");
  events.data(Buffer.from("early "));
  events.data(Buffer.from("bird"));
  events.end([]);
  const inner = new Record();
  stream.attach(inner);
  assert.deepEqual(inner.told, []);
  await turn();
  assert.deepEqual(inner.told, ["data early bird", "end"]);
  assert.equal(outer.told[0], "pause");
});

test("each direction ends for itself, and the connection closes once when both have", async () => {
  for (const isOuterFirst of [true, false]) {
    const { events, stream, inner, outer } = opened();
    if (isOuterFirst) events.end([]);
    else stream.end();
    await turn();
    assert.equal(inner.told.includes("closed"), false);
    if (isOuterFirst) stream.end();
    else events.end([]);
    stream.end();
    assert.equal(inner.told.includes("closed"), false);
    stream.destroy();
    await turn();
    assert.deepEqual(inner.told, ["end", "closed"]);
    assert.deepEqual(outer.told, ["end"]);
  }
});

test("a tunnel that breaks closes the connection inside it with an error, once", async () => {
  const { events, stream, inner, outer } = opened();
  events.fail(LOST);
  stream.write(Buffer.from("x"));
  stream.destroy();
  await turn();
  assert.deepEqual(inner.told, ["closed ECONNRESET"]);
  assert.deepEqual(outer.told, []);
});

test("destroying the connection inside a tunnel resets the tunnel", async () => {
  const { events, stream, inner, outer } = opened();
  stream.destroy();
  assert.deepEqual(inner.told, []);
  events.data(Buffer.from("late"));
  events.end([]);
  await turn();
  assert.deepEqual(inner.told, ["closed"]);
  assert.deepEqual(outer.told, ["reset"]);
});

test("a reader inside that pauses pauses the tunnel, and loses nothing in hand", async () => {
  const { events, stream, inner, outer } = opened();
  stream.pause();
  stream.pause();
  events.data(Buffer.from("in hand"));
  events.end([]);
  await turn();
  assert.deepEqual(inner.told, []);
  stream.resume();
  assert.deepEqual(inner.told, []);
  await turn();
  assert.deepEqual(inner.told, ["data in hand", "end"]);
  assert.deepEqual(new Set(outer.told), new Set(["pause"]));
});

test("a tunnel that was paused for what was in hand is resumed when that was read", async () => {
  const { events, stream, inner, outer } = opened();
  stream.pause();
  stream.resume();
  stream.pause();
  events.data(Buffer.from("a"));
  stream.resume();
  await turn();
  assert.deepEqual(inner.told, ["data a"]);
  assert.equal(outer.told.at(-1), "resume");
});

test("a tunnel that takes no more stops the writer inside until it is drained", () => {
  const { events, stream, inner, outer } = opened();
  outer.takesMore = false;
  assert.equal(stream.write(Buffer.from("x")), false);
  events.drained();
  assert.deepEqual(inner.told, ["drained"]);
});

test("a tunnel that breaks before a codec is there closes it when it comes", async () => {
  const { downstream } = recordingDownstream();
  const { stream, events } = tunnelStream(downstream, "");
  events.data(Buffer.from("early bird"));
  events.fail(LOST);
  await turn();
  const inner = new Record();
  stream.attach(inner);
  await turn();
  assert.deepEqual(inner.told, ["closed ECONNRESET"]);
});

test("a tunnel whose inside was destroyed may break, and nobody hears of it", async () => {
  const { events, stream, inner, outer } = opened();
  stream.destroy();
  events.fail(LOST);
  await turn();
  assert.deepEqual(inner.told, ["closed"]);
  assert.deepEqual(outer.told, ["reset"]);
});

test("a reader that pauses at what was kept hears the end only after it reads on", async () => {
  const { downstream } = recordingDownstream();
  const { stream, events } = tunnelStream(downstream, "");
  events.data(Buffer.from("early bird"));
  events.end([]);
  const inner = new Record();
  stream.attach({
    data: (bytes) => {
      inner.data(bytes);
      stream.pause();
    },
    ended: () => inner.ended(),
    drained: () => {},
    closed: () => {},
  });
  await turn();
  assert.deepEqual(inner.told, ["data early bird"]);
  stream.resume();
  await turn();
  assert.deepEqual(inner.told, ["data early bird", "end"]);
});

class Outer {
  readonly told: string[] = [];
  takesMore = true;
}

function recordingDownstream() {
  const outer = new Outer();
  const downstream: DownstreamStream = {
    inform() {},
    respond() {},
    write(chunk) {
      outer.told.push(`write ${Buffer.from(chunk).toString("latin1")}`);
      return outer.takesMore;
    },
    end: () => void outer.told.push("end"),
    reset: () => void outer.told.push("reset"),
    pause: () => void outer.told.push("pause"),
    resume: () => void outer.told.push("resume"),
  };
  return { outer, downstream };
}

function opened() {
  const { outer, downstream } = recordingDownstream();
  const { stream, events } = tunnelStream(downstream, "127.0.0.1:4711");
  const inner = new Record();
  stream.attach(inner);
  return { outer, inner, stream, events };
}
