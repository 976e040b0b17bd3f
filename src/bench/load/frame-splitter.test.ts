import assert from "node:assert/strict";
import { test } from "node:test";
import { FLAG, FRAME } from "#proxy/http2/frame-types.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import { frameHead } from "./frame-text.ts";

const FRAMES = Buffer.from(
  frameHead(0, FRAME.settings, FLAG.ack, 0) +
    frameHead(4, FRAME.headers, FLAG.endHeaders, 1) +
    "head" +
    frameHead(5, FRAME.data, 0, 1) +
    "hello" +
    frameHead(6, FRAME.data, FLAG.padded, 3) +
    "\u0002abc\0\0" +
    frameHead(0, FRAME.data, FLAG.endStream, 0x7fff_ffff),
  "latin1",
);
const WHOLE = [
  [FRAME.settings, FLAG.ack, 0, ""],
  [FRAME.headers, FLAG.endHeaders, 1, "head"],
  ["data", 0, 1, "hello"],
  [FRAME.data, FLAG.padded, 3, "\u0002abc\0\0"],
  ["data", FLAG.endStream, 0x7fff_ffff, ""],
];

test("frames are the same however they are split", () => {
  for (let at = 1; at < FRAMES.length; at++) {
    assert.deepEqual(framesOf([FRAMES.subarray(0, at), FRAMES.subarray(at)]), WHOLE, `at ${at}`);
  }
  assert.deepEqual(framesOf([...FRAMES].map((byte) => Buffer.of(byte))), WHOLE);
});

test("a frame larger than anybody asked for is none", () => {
  const splitter = new FrameSplitter({ frame: () => {}, data: () => {} });
  const head = Buffer.from(frameHead(16_385, FRAME.data, 0, 1), "latin1");
  assert.equal(splitter.feed(head, head.length), false);
});

function framesOf(pieces: readonly Buffer[]): unknown[][] {
  const found: unknown[][] = [];
  let body = "";
  const splitter = new FrameSplitter({
    frame: (type, flags, id, bytes, from, to) =>
      void found.push([type, flags, id, bytes.toString("latin1", from, to)]),
    data: (flags, id, bytes, from, to, isLast) => {
      body += bytes.toString("latin1", from, to);
      if (!isLast) return;
      found.push(["data", flags, id, body]);
      body = "";
    },
  });
  for (const piece of pieces) assert.equal(splitter.feed(piece, piece.length), true);
  return found;
}
