import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import { FrameReader } from "./frame-reader.ts";
import { PREFACE } from "./frame-types.ts";
import { frame } from "./raw-peer.ts";

const FRAMES = [
  frame(4, 0, 0),
  frame(1, 5, 1, Buffer.from("head")),
  frame(0, 0, 0x7fff_ffff, Buffer.from("some data")),
  frame(99, 0xff, 3, Buffer.from([0])),
];
const EXPECTED = ["4 0 0 ", "1 5 1 head", "0 0 2147483647 some data", "99 255 3 \0"];

test("frames split at any two points are the same frames", () => {
  const whole = Buffer.concat([Buffer.from(PREFACE), ...FRAMES]);
  for (let first = 0; first <= whole.length; first++) {
    for (let second = first; second <= whole.length; second += 3) {
      const { reader, log } = reading(true);
      reader.read(whole.subarray(0, first));
      reader.read(whole.subarray(first, second));
      reader.read(whole.subarray(second));
      assert.deepEqual(log, EXPECTED, `split at ${first} and ${second}`);
      assert.ok(!reader.isWaiting);
    }
  }
});

test("frames that come byte by byte are the same frames", () => {
  const { reader, log } = reading(false);
  for (const byte of Buffer.concat(FRAMES)) reader.read(Uint8Array.of(byte));
  assert.deepEqual(log, EXPECTED);
});

test("the largest frame is read, and one byte more is refused at its header", () => {
  const largest = frame(0, 0, 1, Buffer.alloc(LIMITS.frameBytesMax, "x"));
  for (const at of [largest.length, 5, 9, 10_000]) {
    const { reader, log } = reading(false);
    reader.read(largest.subarray(0, at));
    reader.read(largest.subarray(at));
    assert.equal(log[0]?.length, "0 0 1 ".length + LIMITS.frameBytesMax);
  }
  const larger = frame(0, 0, 1, Buffer.alloc(LIMITS.frameBytesMax + 1));
  for (const bytes of [larger, larger.subarray(0, 9)]) {
    const { reader, log } = reading(false);
    reader.read(bytes);
    assert.deepEqual(log, ["fault 6"]);
  }
});

test("the reserved bit of a stream id is ignored", () => {
  const { reader, log } = reading(false);
  const bytes = frame(0, 0, 1, Buffer.from("x"));
  bytes[5]! |= 0x80;
  reader.read(bytes);
  assert.deepEqual(log, ["0 0 1 x"]);
});

test("a wrong byte anywhere in the preface is a fault", () => {
  for (let i = 0; i < PREFACE.length; i++) {
    const { reader, log } = reading(true);
    const bytes = Buffer.from(PREFACE);
    bytes[i]! ^= 1;
    reader.read(bytes);
    assert.deepEqual(log, ["fault 1"]);
  }
});

function reading(hasPreface: boolean) {
  const log: string[] = [];
  const sink = {
    isReading: true,
    frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number) {
      log.push(`${type} ${flags} ${id} ${bytes.toString("latin1", from, to)}`);
    },
    fault(code: number) {
      log.push(`fault ${code}`);
      sink.isReading = false;
    },
  };
  return { reader: new FrameReader(sink, new BlockPool(), hasPreface), log };
}
