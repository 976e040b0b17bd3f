import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { encoderOf } from "./access-value.ts";
import { LineBlocks } from "./line-blocks.ts";

const END = Buffer.from("\n");

test("numbers are the digits that a reader of JSON takes for them", () => {
  const whole = [0, 7, 10, 99, 100, 65_536, 999_999_999, 1_000_000_000, 2 ** 53 - 1];
  const lines = newLines();
  for (const value of whole) {
    lines.digits(value);
    lines.endLine(END);
  }
  const times = [0, 0.04, 0.05, 0.96, 1, 12.34, 99.95, 86_400_000.25];
  for (const value of times) {
    lines.tenths(value);
    lines.endLine(END);
  }
  const expected = [...whole, ...times.map((ms) => Math.round(ms * 10) / 10)];
  assert.deepEqual(textOf(lines).trimEnd().split("\n").map(Number), expected);
});

test("a text is the same whether it is copied or escaped, whole or in part", () => {
  for (const value of ["plain", 'quo"ted', "back\\slash", "ümläut", "\u2028", "a\u0000b", ""]) {
    const lines = newLines();
    lines.text(`<${value}>`.slice(1, -1));
    lines.endLine(END);
    assert.equal(JSON.parse(textOf(lines)), value === "" ? null : value);
  }
});

test("of a head also what is long, and whatever bytes it has", () => {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
  for (const value of ["", "short", "0123456789abcdef-0123", `${all}${all}`, "x".repeat(5_000)]) {
    const [copied, looped] = [newLines(), newLines()];
    copied.headText(value);
    looped.text(value);
    for (const lines of [copied, looped]) lines.endLine(END);
    assert.equal(textOf(copied), textOf(looped));
  }
});

test("blocks that come back while others are filled are used again", () => {
  const lines = newLines();
  const seen = new Set<Buffer>();
  for (let i = 0; i < 10; i++) {
    lines.plain("of a block that is full, or isn't");
    lines.endLine(END);
    const block = lines.take()!;
    if (i % 2 === 1) {
      lines.plain("of the next one, begun before the last is written");
      lines.endLine(END);
    }
    seen.add(block.bytes);
    lines.giveBack(block.bytes);
  }
  assert.ok(seen.size <= 3, `${seen.size} blocks`);
});

test("lines longer than a block, and those that cross its end, come whole and in order", () => {
  const lines = newLines();
  const long = Array.from({ length: 40 }, (_, i) => `${i}`.repeat(1_000));
  const count = Math.ceil((3 * LIMITS.accessLogBlockBytes) / 40_000);
  for (let i = 0; i < count; i++) {
    lines.digits(i);
    for (const text of long) lines.text(text);
    lines.endLine(END);
    lines.plain("é");
    lines.endLine(END);
  }
  assert.ok(lines.full.length > 1, `${lines.full.length} blocks`);
  const longLine = long.map((text) => `"${text}"`).join("");
  const expected = Array.from({ length: count }, (_, i) => `${i}${longLine}\né\n`).join("");
  assert.equal(textOf(lines), expected);
});

test("a block that is given back is used again, for nothing but what is new", () => {
  const lines = newLines();
  lines.plain("a first line, longer than the second");
  lines.endLine(END);
  const first = lines.take()!;
  lines.giveBack(first.bytes);
  lines.plain("second");
  lines.endLine(END);
  const second = lines.take()!;
  assert.equal(second.bytes, first.bytes);
  assert.equal(second.bytes.toString("utf8", 0, second.used), "second\n");
  assert.ok(lines.isEmpty);
});

function newLines(): LineBlocks {
  return new LineBlocks(encoderOf("json"));
}

function textOf(lines: LineBlocks): string {
  let text = "";
  for (let block = lines.take(); block; block = lines.take()) {
    text += block.bytes.toString("utf8", 0, block.used);
  }
  return text;
}
