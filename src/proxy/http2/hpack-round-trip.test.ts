import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LIMITS } from "#base/limits.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { decodeHuffman } from "./huffman-decode.ts";
import { encodeHuffman, huffmanLength } from "./huffman-encode.ts";

const latin1 = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map(characterOf),
  maxLength: 60,
});
const name = fc.oneof(
  fc.constantFrom("accept", "x-request-id", "cookie", ":path", "weft-port", "user-agent", "date"),
  fc.stringMatching(/^[a-z-]{1,20}$/),
);
const value = fc.oneof(fc.constantFrom("", "a", "text/html", "v".repeat(1500)), latin1);
const heads = fc.array(fc.array(fc.tuple(name, value), { maxLength: 20 }), { maxLength: 30 });

test("whatever is encoded is decoded again, head after head, and both tables agree", () => {
  const sizes = fc.infiniteStream(fc.constantFrom(0, 100, 512, 4096, 65_536));
  fc.assert(
    fc.property(heads, sizes, (all, tableBytes) => {
      const encoder = new HpackEncoder(LIMITS);
      const decoder = new HpackDecoder(LIMITS);
      for (const [i, head] of all.entries()) {
        if (i % 4 === 3) encoder.resizeTable(tableBytes.next().value ?? 0);
        const block = encode(encoder, head.flat());
        assert.equal(decoder.decode(block, 0, block.length), "ok");
        assert.deepEqual(
          decoder.fields.map((field) => [field.name, field.value]),
          head,
        );
        assert.equal(encoder.tableBytes, decoder.tableBytes);
      }
    }),
    { seed: 7541, numRuns: 150 },
  );
});

test("any text survives Huffman", () => {
  fc.assert(
    fc.property(latin1, (text) => {
      const coded = Buffer.alloc(500);
      const end = encodeHuffman(text, coded, 3);
      assert.equal(end - 3, huffmanLength(text));
      const plain = Buffer.alloc(500);
      const length = decodeHuffman(coded, 3, end, plain);
      assert.equal(plain.toString("latin1", 0, length), text);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("no bytes make the decoder throw or keep more than its limits", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder(LIMITS);
      for (const block of blocks) {
        decoder.decode(Buffer.from(block), 0, block.length);
        assert.ok(decoder.tableBytes <= LIMITS.hpackTableBytes);
      }
    }),
    { seed: 2, numRuns: 1000 },
  );
});

test("a head that comes again takes one byte a header", () => {
  const encoder = new HpackEncoder(LIMITS);
  const head = [
    ":authority",
    "catalog",
    "user-agent",
    "shop/1.0",
    "accept",
    "*/*",
    "x-tier",
    "gold",
  ];
  encode(encoder, head);
  encode(encoder, head);
  assert.equal(encode(encoder, head).length, head.length / 2);
});

test("what changes with every request fills no table, and costs its name once", () => {
  const encoder = new HpackEncoder(LIMITS);
  const lengths: number[] = [];
  for (let i = 0; i < 50; i++) {
    lengths.push(encode(encoder, ["x-request-id", `${1000 + i}`, "content-length", `${i}`]).length);
  }
  assert.ok(encoder.tableBytes < 60, `${encoder.tableBytes} bytes`);
  assert.ok(lengths[49]! <= 12, `${lengths[49]} bytes`);
});

test("a short secret is never indexed and says so, a long one may be", () => {
  const encoder = new HpackEncoder(LIMITS);
  const first = encode(encoder, ["cookie", "pin=1234"]);
  assert.deepEqual(encode(encoder, ["cookie", "pin=1234"]), first);
  assert.equal(first[0]! & 0xf0, 0x10);
  assert.equal(encoder.tableBytes, 0);
  const token = ["authorization", `Bearer ${"x".repeat(100)}`];
  encode(encoder, token);
  encode(encoder, token);
  assert.equal(encode(encoder, token).length, 1);
});

test("many values of one name don't push everything else out", () => {
  const encoder = new HpackEncoder(LIMITS);
  encode(encoder, [":authority", "catalog"]);
  for (let i = 0; i < 1000; i++) encode(encoder, ["user-agent", `agent ${i}`]);
  assert.equal(encode(encoder, [":authority", "catalog"]).length, 1);
});

function encode(encoder: HpackEncoder, headers: readonly string[]): Buffer {
  const buffer = Buffer.alloc(100_000);
  encoder.begin(buffer, 0);
  encoder.fields(headers);
  return buffer.subarray(0, encoder.finish());
}

function characterOf(code: number): string {
  return String.fromCharCode(code);
}
