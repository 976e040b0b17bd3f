import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { type DetectedProtocol, detectProtocol } from "./detect-protocol.ts";
import type { ReplayStream } from "./replay-stream.ts";
import { sniff } from "./sniffing-stream.ts";

const REQUEST = "GET / HTTP/1.1\r\nhost: web\r\n\r\n";

test("what is sniffed is not lost, wherever it is cut", async () => {
  for (let at = 1; at < REQUEST.length; at++) {
    const rig = sniffed();
    rig.send(REQUEST.slice(0, at));
    await turn();
    rig.send(REQUEST.slice(at));
    await turn();
    assert.deepEqual(rig.told, ["http1"]);
    rig.take();
    rig.send("next");
    await settled();
    assert.deepEqual(rig.told, ["http1", `data ${REQUEST}next`]);
  }
});

test("who attaches reads in a later turn, and may read slowly", async () => {
  const rig = sniffed();
  rig.send(REQUEST);
  await settled();
  const replay = rig.take();
  replay.pause();
  assert.deepEqual(rig.told, ["http1"]);
  await settled();
  rig.send("more");
  await settled();
  assert.deepEqual(rig.told, ["http1"]);
  replay.resume();
  assert.deepEqual(rig.told, ["http1"]);
  await settled();
  assert.deepEqual(rig.told, ["http1", `data ${REQUEST}more`]);
});

test("nothing more is read until somebody attaches", async () => {
  const rig = sniffed();
  rig.send(REQUEST);
  await settled();
  assert.equal(rig.far.write(Buffer.alloc(LIMITS.readBufferBytes)), false);
  await settled();
  assert.equal(rig.farTold.includes("drained"), false);
  rig.take();
  await settled();
  assert.equal(rig.farTold.includes("drained"), true);
});

test("a header that was for us is dropped before the rest is read", async () => {
  const rig = sniffed();
  rig.send(`PROXY${REQUEST}`);
  rig.send("x".repeat(LIMITS.sniffBytesMax));
  await settled();
  const replay = rig.take();
  replay.drop(5);
  await settled();
  assert.equal(rig.told[1]?.startsWith(`data ${REQUEST}xx`), true);
});

test("who says nothing in time may be waiting for the other to speak", async () => {
  const rig = sniffed();
  rig.send("GET");
  await settled();
  rig.clock.advance(LIMITS.sniffTimeoutMs + 100);
  assert.deepEqual(rig.told, ["timeout"]);
  const replay = rig.take();
  replay.write(Buffer.from("220 hello"));
  rig.send(" on");
  await settled();
  assert.deepEqual(rig.told, ["timeout", "data GET on"]);
  assert.deepEqual(rig.farTold, ["data 220 hello"]);
});

test("what can't be told after the bound, or at the end, is something else", async () => {
  const long = sniffed();
  long.send(`GET /${"a".repeat(LIMITS.sniffBytesMax)}`);
  await settled();
  assert.deepEqual(long.told, ["other"]);
  const short = sniffed();
  short.send("GET");
  short.far.end();
  await settled();
  assert.deepEqual(short.told, ["other"]);
  short.take().end();
  await settled();
  assert.deepEqual(short.told, ["other", "data GET", "ended", "closed "]);
});

test("giving up decides at once, and only once", async () => {
  const rig = sniffed();
  rig.sniffing.giveUp();
  rig.sniffing.giveUp();
  rig.send(REQUEST);
  rig.clock.advance(LIMITS.sniffTimeoutMs * 2);
  await settled();
  assert.deepEqual(rig.told, ["other"]);
  assert.equal(rig.clock.timersPending, 0);
});

test("a connection that is gone before it is known is told once, and leaves no timer", async () => {
  const rig = sniffed();
  rig.send("GET");
  rig.far.reset();
  await settled();
  rig.clock.advance(LIMITS.sniffTimeoutMs * 2);
  assert.deepEqual(rig.told, ["gone ECONNRESET"]);
});

test("a connection that is gone before somebody attaches is closed for that one", async () => {
  const rig = sniffed();
  rig.send(REQUEST);
  await settled();
  rig.far.reset();
  await settled();
  rig.take();
  await settled();
  assert.equal(rig.told.at(-1), "closed ECONNRESET");
  assert.equal(rig.told.filter((word) => word.startsWith("closed")).length, 1);
});

test("destroying what was sniffed closes it, unread", async () => {
  for (const how of ["destroy", "reset"] as const) {
    const rig = sniffed();
    rig.send(REQUEST);
    await settled();
    rig.take()[how]();
    await settled();
    assert.deepEqual(rig.told, ["http1", "closed "]);
  }
});

function sniffed() {
  const clock = new FakeClock();
  const [near, far] = memoryStreamPair();
  const told: string[] = [];
  const farTold: string[] = [];
  far.attach(listener(farTold));
  let replay: ReplayStream | undefined;
  const deadlines = new Deadlines(clock);
  const sniffing = sniff<DetectedProtocol>(near, deadlines, LIMITS.sniffTimeoutMs, {
    decide(bytes) {
      const detected = detectProtocol(bytes);
      return detected === "undecided" ? undefined : detected;
    },
    done(verdict, stream) {
      told.push(verdict);
      replay = stream;
    },
    closed: (code) => void told.push(`gone ${code}`),
  });
  const send = (latin1: string) => void far.write(Buffer.from(latin1, "latin1"));
  const take = () => {
    replay!.attach(listener(told));
    return replay!;
  };
  return { clock, far, told, farTold, sniffing, send, take };
}

function listener(told: string[]) {
  return {
    data(bytes: Uint8Array) {
      const text = Buffer.from(bytes).toString("latin1");
      if (told.at(-1)?.startsWith("data ")) told[told.length - 1] += text;
      else told.push(`data ${text}`);
    },
    ended: () => void told.push("ended"),
    drained: () => void told.push("drained"),
    closed: (code: string) => void told.push(`closed ${code}`),
  };
}

async function settled(): Promise<void> {
  for (let i = 0; i < 4; i++) await turn();
}
