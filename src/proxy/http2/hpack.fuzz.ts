// Header blocks that are nearly right: the decoder never throws nor keeps more than its table, and
// what it takes means the same when it is written again.

import assert from "node:assert/strict";
import type { Dice } from "#base/dice.fuzz.ts";
import { LIMITS } from "#base/limits.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";

const NAMES = [
  ":path",
  "cookie",
  "date",
  "x-a",
  "x-request-id",
  "accept",
  "weft-port",
  "x".repeat(90),
];
const VALUES = ["", "a", "/", "gzip", "\xff\x80", "v".repeat(300), "a value with spaces", "0"];
const WORDS = [
  "\x80",
  "\xff\xff\xff\x7f",
  "\x3f\xe1\x1f",
  "\x20",
  "\x40",
  "\x10",
  "\x7f\x80",
  "\xbe",
];
const BLOCK_BYTES_MAX = 16_384;

export function fuzzHpack(dice: Dice): void {
  const encoder = new HpackEncoder(LIMITS);
  const decoder = new HpackDecoder(LIMITS);
  const [again, back] = [new HpackEncoder(LIMITS), new HpackDecoder(LIMITS)];
  for (let blocks = 1 + dice.below(5); blocks > 0; blocks--) {
    const fields = dice.some(12, () => [dice.oneOf(NAMES), dice.oneOf(VALUES)]).flat();
    const block = dice.spoil(encode(encoder, fields), WORDS);
    const verdict = decoder.decode(block, 0, block.length);
    assert.ok(decoder.tableBytes <= LIMITS.hpackTableBytes, "the table keeps to its limit");
    if (verdict !== "ok") return;
    const read = fieldsOf(decoder);
    if (read.join("").length > BLOCK_BYTES_MAX / 4) return;
    const written = encode(again, read.flat());
    assert.equal(back.decode(written, 0, written.length), "ok");
    assert.deepEqual(fieldsOf(back), read);
  }
}

function encode(encoder: HpackEncoder, fields: readonly string[]): Buffer {
  const buffer = Buffer.alloc(BLOCK_BYTES_MAX);
  encoder.begin(buffer, 0);
  encoder.fields(fields);
  return buffer.subarray(0, encoder.finish());
}

function fieldsOf({ fields }: HpackDecoder): readonly (readonly [string, string])[] {
  return fields.map(({ name, value }) => [name, value]);
}
