import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { BodyDecoder, type BodyFraming } from "./body-decoder.ts";
import { splitsOf } from "./splits.ts";

type Outcome = { body: string; rest: string; trailers: readonly string[]; state: string };

test("a chunked body is the same however it was cut, and takes nothing of what follows", () => {
  const text =
    '5\r\nhello\r\n1A;name=value;other="a;b"\r\nabcdefghijklmnopqrstuvwxyz\r\n' +
    "1 ; x\r\n!\r\n000\r\nX-Sum: \t42 \r\nx-more:\r\n\r\nGET";
  for (const parts of splitsOf(text)) {
    assert.deepEqual(decode(parts), {
      body: "helloabcdefghijklmnopqrstuvwxyz!",
      rest: "GET",
      trailers: ["x-sum", "42", "x-more", ""],
      state: "over",
    });
  }
});

test("a body with a length is the same however it was cut", () => {
  for (const parts of splitsOf("hello worldGET")) {
    const { body, rest, state } = decode(parts, "length", 11);
    assert.deepEqual([body, rest, state], ["hello world", "GET", "over"]);
  }
});

test("a body that ends with its connection ends there and not before", () => {
  const decoder = new BodyDecoder(LIMITS);
  let body = "";
  decoder.begin("close", -1, { data: (chunk) => (body += Buffer.from(chunk)) });
  for (const part of splitsOf("hello")[1]!) decoder.decode(part, 0);
  assert.equal(decoder.isOver, false);
  assert.equal(decoder.endByClose(), true);
  assert.equal(body, "hello");
});

test("a body with a length or chunks doesn't end by close", () => {
  const decoder = new BodyDecoder(LIMITS);
  decoder.begin("length", 5, { data: () => {} });
  assert.equal(decoder.endByClose(), false);
});

test("a chunk whose size is no short hexadecimal number is refused at every cut", () => {
  const sizes = [
    "0x5",
    "5_0",
    "+5",
    "-5",
    " 5",
    "\t5",
    "",
    "g",
    "5g",
    "5 5",
    "5 ",
    "\x005",
    "\x355",
  ]
    .concat(["00000000000005", "10000000000000", "FFFFFFFFFFFFFFFF", "10000000000000005"])
    .filter((size) => size !== "55");
  for (const size of sizes) {
    for (const parts of splitsOf(`${size}\r\nhello\r\n0\r\n\r\n`)) {
      assert.equal(decode(parts).state, "malformed", JSON.stringify(size));
    }
  }
});

test("a chunk that doesn't end where its size says is refused at every cut", () => {
  const bodies = [
    "5\nhello\r\n0\r\n\r\n",
    "5\rXhello\r\n0\r\n\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "5\r\nhello\r\r\n0\r\n\r\n",
    "5\r\nhello!\r\n0\r\n\r\n",
    "5\r\nhello\r\nXX0\r\n\r\n",
    "5\r\nhello\r\n\r\n0\r\n\r\n",
    "5;a\nb\r\nhello\r\n0\r\n\r\n",
    "5;a\rb\r\nhello\r\n0\r\n\r\n",
    "5; \rb\r\nhello\r\n0\r\n\r\n",
    "5;\0\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n0\r\n\n",
    "5\r\nhello\r\n0\r\nX: a\n\r\n",
    "5\r\nhello\r\n0\r\nX : a\r\n\r\n",
    "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n",
  ];
  for (const body of bodies) {
    for (const parts of splitsOf(body)) {
      assert.equal(decode(parts).state, "malformed", JSON.stringify(body));
    }
  }
});

test("trailers that only a head may contain are refused", () => {
  const names = [
    "Content-Length",
    "Transfer-Encoding",
    "Host",
    "Authorization",
    "Connection",
    "TE",
    "Weft-Port",
    "L5d-Client-Id",
  ];
  for (const name of [...names, "Set-Cookie", "Trailer", "X-Forwarded-For", "Content-Type"]) {
    assert.equal(decode([`0\r\n${name}: 1\r\n\r\n`]).state, "malformed", name);
  }
});

test("trailers are bounded, to the byte", () => {
  const trailers = (bytes: number) => [`0\r\nx: ${"a".repeat(bytes - 7)}\r\n\r\n`];
  assert.equal(decode(trailers(LIMITS.trailersBytesMax)).state, "over");
  assert.equal(decode(trailers(LIMITS.trailersBytesMax + 1)).state, "malformed");
});

test("an extension is bounded, to the byte, and so are all of a body together", () => {
  const chunk = (bytes: number) => `1;${"a".repeat(bytes - 1)}\r\nx\r\n`;
  const max = LIMITS.chunkExtensionBytesMax;
  assert.equal(decode([`${chunk(max)}0\r\n\r\n`]).state, "over");
  assert.equal(decode([`${chunk(max + 1)}0\r\n\r\n`]).state, "malformed");
  assert.equal(decode([`5;${"a".repeat(65_536)}`]).state, "malformed");
  const few = Math.floor(LIMITS.chunkOverheadBytesMax / max);
  assert.equal(decode([`${chunk(max).repeat(few)}0\r\n\r\n`]).state, "over");
  assert.equal(decode([`${chunk(max).repeat(few * 2)}0\r\n\r\n`]).state, "malformed");
});

test("a flood of one-byte chunks is passed on without being kept", () => {
  const { body, state } = decode([`${"1\r\nx\r\n".repeat(10_000)}0\r\n\r\n`]);
  assert.equal(state, "over");
  assert.equal(body.length, 10_000);
});

test("whoever gets the data may stop it from inside", () => {
  const large = `3E8\r\n${"a".repeat(1_000)}\r\n`;
  const small = "1\r\nb\r\n";
  for (const [text, passed, end] of [
    [large + large, 1_000, 1_005],
    [large + small, 1_000, 1_005],
    // Up to the large one.
    [small + small + large + small, 2, 2 * small.length + 1_005],
    [`${small}${small}0\r\n\r\n`, 2, 2 * small.length + 3],
    [small + small, 2, 2 * small.length],
    // It never gets there.
    [`${small}zz`, 1, small.length + 1],
  ] as const) {
    const decoder = new BodyDecoder(LIMITS);
    const lengths: number[] = [];
    decoder.begin("chunked", -1, {
      data: ({ length }) => {
        lengths.push(length);
        decoder.stop();
      },
    });
    assert.equal(decoder.decode(Buffer.from(text), 0), end);
    assert.deepEqual([lengths, decoder.isOver, decoder.fault], [[passed], true, undefined]);
  }
});

test("what stands before a chunk that is malformed is passed on", () => {
  let body = "";
  const decoder = new BodyDecoder(LIMITS);
  decoder.begin("chunked", -1, { data: (chunk) => (body += Buffer.from(chunk)) });
  decoder.decode(Buffer.from("1\r\na\r\n1\r\nbc"), 0);
  assert.deepEqual([body, decoder.fault?.kind], ["ab", "malformed"]);
});

test("what many small chunks of one read carry is passed on together", () => {
  const chunk = (length: number) => `${length.toString(16)}\r\n${"x".repeat(length)}\r\n`;
  const lengths: number[] = [];
  const decoder = new BodyDecoder(LIMITS);
  decoder.begin("chunked", -1, { data: ({ length }) => lengths.push(length) });
  const text = `${chunk(1).repeat(5_000)}${chunk(600)}${chunk(512).repeat(40)}0\r\n\r\n`;
  decoder.decode(Buffer.from(text), 0);
  assert.deepEqual(lengths, [5_000, 600, 16_384, 40 * 512 - 16_384]);
  assert.ok(decoder.isOver);
});

function decode(
  parts: readonly (Buffer | string)[],
  framing: BodyFraming = "chunked",
  length = -1,
): Outcome {
  const decoder = new BodyDecoder(LIMITS);
  const outcome: Outcome = { body: "", rest: "", trailers: [], state: "partial" };
  decoder.begin(framing, length, {
    data: (chunk) => (outcome.body += Buffer.from(chunk).toString("latin1")),
  });
  for (const part of parts) {
    const bytes = Buffer.from(part);
    const at = decoder.decode(bytes, 0);
    outcome.rest += bytes.toString("latin1", at);
  }
  outcome.trailers = decoder.trailers;
  if (decoder.isOver) outcome.state = decoder.fault?.kind ?? "over";
  return outcome;
}
