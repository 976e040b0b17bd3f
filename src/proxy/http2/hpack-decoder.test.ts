import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { HpackDecoder } from "./hpack-decoder.ts";

const CORRUPT: readonly (readonly [what: string, hex: string])[] = [
  ["index 0", "80"],
  ["an index behind both tables", "be"],
  ["a name behind both tables", "7e0161"],
  ["an integer that ends with the block", "ff"],
  ["an integer of six more bytes", "ff808080808001"],
  ["an integer above 2^28", "ffffffffff0f"],
  ["a string that is longer than the block", "0005616263"],
  ["a name without a value", "000161"],
  ["a table size above what we allow", "3fe21f"],
  ["a table size behind a field", "8220"],
  ["Huffman that holds EOS", "0084ffffffff00"],
  ["Huffman padded with zeros", "00810000"],
  ["Huffman padded with a whole byte", "00820fff00"],
];

for (const [what, hex] of CORRUPT) {
  test(`a block with ${what} is corrupt`, () => {
    const block = Buffer.from(hex, "hex");
    assert.equal(new HpackDecoder(LIMITS).decode(block, 0, block.length), "corrupt");
  });
}

test("a block cut anywhere is corrupt or shorter, never another head", () => {
  const whole = Buffer.from("828684418cf1e3c2e5f23a6ba0ab90f4ff", "hex");
  for (let end = 0; end < whole.length; end++) {
    const decoder = new HpackDecoder(LIMITS);
    const verdict = decoder.decode(whole, 0, end);
    assert.equal(verdict, end <= 3 ? "ok" : "corrupt");
    assert.equal(decoder.fields.length, Math.min(end, 3));
  }
});

test("a header that repeats is the same record, not a new string", () => {
  const decoder = new HpackDecoder(LIMITS);
  decode(decoder, Buffer.from("4003782d610162", "hex"));
  const [first] = decoder.fields;
  decode(decoder, Buffer.from("be", "hex"));
  assert.equal(decoder.fields[0], first);
});

test("a head at the limit of bytes is whole, one byte more is too large", () => {
  for (const more of [0, 1]) {
    const decoder = new HpackDecoder(LIMITS);
    const length = LIMITS.headerListBytesMax - 32 - 1 + more;
    assert.equal(decode(decoder, literal("a", "v".repeat(length))), "ok");
    assert.equal(decoder.isTooLarge, more === 1);
    assert.equal(decoder.fields.length, 1 - more);
  }
});

test("a head at the limit of fields is whole, one more is too large", () => {
  for (const more of [0, 1]) {
    const decoder = new HpackDecoder(LIMITS);
    const block = Buffer.alloc(LIMITS.headersMax + more, 0x82);
    assert.equal(decode(decoder, block), "ok");
    assert.equal(decoder.isTooLarge, more === 1);
  }
});

test("a few bytes that stand for a lot are a bomb, as cookie crumbs, too", () => {
  for (const name of ["x", "cookie"]) {
    const decoder = new HpackDecoder(LIMITS);
    decode(decoder, Buffer.concat([Buffer.from([0x40]), strings(name, "v".repeat(4000))]));
    const times = Math.ceil(LIMITS.headerBombBytes / 4032) + 1;
    assert.equal(decode(decoder, Buffer.alloc(times, 0xbe)), "bomb");
  }
});

test("a table that shrinks drops its oldest entries, and 0 drops all", () => {
  const decoder = new HpackDecoder(LIMITS);
  decode(decoder, Buffer.concat([Buffer.from([0x40]), strings("a", "1")]));
  decode(decoder, Buffer.concat([Buffer.from([0x40]), strings("b", "2")]));
  assert.equal(decoder.tableBytes, 68);
  decode(decoder, Buffer.from([0x3f, 40 - 31]));
  assert.equal(decoder.tableBytes, 34);
  decode(decoder, Buffer.from([0xbe]));
  assert.equal(decoder.fields[0]!.name, "b");
  decode(decoder, Buffer.from([0x20]));
  assert.equal(decoder.tableBytes, 0);
});

function decode(decoder: HpackDecoder, block: Buffer): string {
  return decoder.decode(block, 0, block.length);
}

function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0x00]), strings(name, value)]);
}

function strings(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.map((text) => Buffer.concat([length7(text.length), Buffer.from(text)])),
  );
}

function length7(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const bytes = [127];
  for (let rest = length - 127; ; rest >>>= 7) {
    bytes.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) return Buffer.from(bytes);
  }
}
