import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { LIMITS } from "#base/limits.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { GateStream } from "./gate-stream.ts";

test("what comes out of a tunnel before its gate opens comes first then", async () => {
  const { gate, told, open, far } = rig();
  gate.write(Buffer.from("220 "));
  gate.write(Buffer.from("mail"));
  assert.deepEqual(told, ["spoke 220 ", "spoke 220 mail"]);
  open();
  gate.write(Buffer.from(" ready"));
  await turn();
  assert.deepEqual(far, ["220 mail", " ready"]);
});

test("a tunnel that pours is stopped at one read buffer, and goes on when it opens", async () => {
  const { gate, told, open } = rig();
  assert.equal(gate.write(Buffer.alloc(LIMITS.readBufferBytes - 1)), true);
  assert.equal(gate.write(Buffer.alloc(1)), false);
  assert.ok(!told.includes("drained"));
  open();
  await turn();
  await turn();
  assert.equal(told.at(-1), "drained");
});

test("a tunnel that is let go is told the end, and closes when it ends in turn", async () => {
  const { gate, told } = rig();
  gate.leave();
  await turn();
  assert.deepEqual(told, ["ended"]);
  assert.equal(gate.write(Buffer.from("too late")), true);
  gate.end();
  gate.close("");
  await turn();
  assert.deepEqual(told, ["ended", "closed "]);
});

test("a tunnel that had ended already is closed when it is let go", async () => {
  const { gate, told } = rig();
  gate.end();
  gate.leave();
  await turn();
  assert.deepEqual(told, ["closed "]);
});

test("a tunnel that comes to nothing says so once, while somebody may need it", async () => {
  for (const how of ["destroy", "reset"] as const) {
    const { gate, told } = rig();
    gate[how]();
    gate[how]();
    assert.equal(gate.isGone, true);
    await turn();
    assert.deepEqual(told, ["failed", "closed "]);
    const left = rig();
    left.gate.leave();
    left.gate[how]();
    await turn();
    assert.deepEqual(left.told, ["closed "]);
  }
});

test("an open gate is its stream", async () => {
  const { gate, told, open, far, near } = rig();
  gate.pause();
  open();
  near.write(Buffer.from("in"));
  await turn();
  assert.deepEqual(told, []);
  gate.resume();
  await turn();
  assert.deepEqual(told, ["data in"]);
  gate.end();
  await turn();
  assert.equal(far.at(-1), "ended");
});

test("a tunnel that ended before its gate opens delivers its bytes, and then ends", async () => {
  const { gate, open, far } = rig();
  gate.write(Buffer.from("all there is"));
  gate.end();
  open();
  await turn();
  assert.deepEqual(far, ["all there is", "ended"]);
});

test("a tunnel that was stopped goes on at once where all of it can be taken", async () => {
  const { gate, told } = rig();
  assert.equal(gate.write(Buffer.alloc(LIMITS.readBufferBytes)), false);
  const [stream] = memoryStreamPair(setImmediate, 2 * LIMITS.readBufferBytes);
  gate.open(stream);
  await turn();
  assert.equal(told.at(-1), "drained");
});

test("an open gate can't be let go, only ended like its stream", async () => {
  for (const how of ["destroy", "reset"] as const) {
    const { gate, told, open, far } = rig();
    open();
    gate.leave();
    gate.close("ECONNRESET");
    await turn();
    assert.equal(gate.isGone, false);
    assert.deepEqual(told, []);
    gate[how]();
    await turn();
    await turn();
    assert.deepEqual(told, ["closed "]);
    assert.equal(far.includes("ended") || far.includes("closed ECONNRESET"), true);
  }
});

test("an open gate that pauses stops its stream, whoever is attached by then", async () => {
  const { gate, told, open, near } = rig();
  const later: string[] = [];
  open();
  gate.attach(listener(later, "data "));
  gate.pause();
  near.write(Buffer.from("in"));
  await turn();
  assert.deepEqual(later, []);
  gate.resume();
  await turn();
  assert.deepEqual([told, later], [[], ["data in"]]);
});

function rig() {
  const told: string[] = [];
  const far: string[] = [];
  const [stream, near] = memoryStreamPair();
  near.attach(listener(far, ""));
  const gate = new GateStream("caller", {
    spoke: (bytes) => void told.push(`spoke ${Buffer.from(bytes)}`.slice(0, 40)),
    failed: () => void told.push("failed"),
  });
  gate.attach(listener(told, "data "));
  return { gate, told, far, near, open: () => gate.open(stream) };
}

function listener(told: string[], prefix: string) {
  return {
    data: (bytes: Uint8Array) => void told.push(`${prefix}${Buffer.from(bytes)}`),
    ended: () => void told.push("ended"),
    drained: () => void told.push("drained"),
    closed: (code: string) => void told.push(`closed ${code}`),
  };
}
