import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { encoderOf } from "./access-value.ts";
import { LineBlocks } from "./line-blocks.ts";

const END = Buffer.from("\n");

test("numbers are the digits that a reader of JSON takes for them", () => {
  const whole = [0, 7, 10, 99, 100, 65_536, 199_999_999, 200_000_000, 2 ** 31, 2 ** 53 - 1];
  const times = [0.04, 0.05, 0.96, 1, 9.95, 10.1, 12.34, 99.95, 86_400_000.25, 199_999_999.9];
  const lines = newLines();
  for (const value of [...whole, ...times]) {
    lines.amount(value);
    end(lines);
  }
  const expected = [...whole, ...times.map((ms) => Math.round(ms * 10) / 10)];
  assert.deepEqual(textOf(lines).trimEnd().split("\n").map(Number), expected);
});

test("a text is the same whether it is copied or escaped, whole or in part", () => {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
  for (const value of [
    "plain",
    'quo"ted',
    "back\\slash",
    "\u00fcml\u00e4ut",
    "a\u0000b",
    "",
    all,
  ]) {
    const lines = newLines();
    text(lines, `<${value}>`, 1, value.length + 1);
    end(lines);
    assert.equal(JSON.parse(textOf(lines)), value === "" ? null : value);
  }
});

test("a text that is too long is cut, wherever in a block it stands", () => {
  const lines = newLines();
  for (let i = 0; i < 20; i++) {
    for (const length of [2_047, 2_048, 2_049, 5_000]) text(lines, "x".repeat(length));
    end(lines);
  }
  const [whole, cut] = [`"${"x".repeat(2_048)}"`, `"${"x".repeat(2_048)}..."`];
  const expected = `"${"x".repeat(2_047)}"${whole}${cut}${cut}\n`;
  assert.equal(textOf(lines), expected.repeat(20));
});

test("blocks that come back while others are filled are used again", () => {
  const lines = newLines();
  const seen = new Set<Buffer>();
  for (let i = 0; i < 10; i++) {
    lines.plain("of a block that is full, or isn't");
    end(lines);
    const block = lines.take()!;
    if (i % 2 === 1) {
      lines.plain("of the next one, begun before the last is written");
      end(lines);
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
    lines.amount(i);
    for (const each of long) text(lines, each);
    end(lines);
    lines.plain("é");
    end(lines);
  }
  assert.ok(lines.full.length > 1, `${lines.full.length} blocks`);
  const longLine = long.map((text) => `"${text}"`).join("");
  const expected = Array.from({ length: count }, (_, i) => `${i}${longLine}\né\n`).join("");
  assert.equal(textOf(lines), expected);
});

test("a block that is given back is used again, for nothing but what is new", () => {
  const lines = newLines();
  lines.plain("a first line, longer than the second");
  end(lines);
  const first = lines.take()!;
  lines.giveBack(first.bytes);
  lines.plain("second");
  end(lines);
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

function text(lines: LineBlocks, value: string, start = 0, end = value.length): void {
  lines.text(Buffer.from(value, "latin1"), start, end);
}

function end(lines: LineBlocks): void {
  lines.constant(END);
  lines.endLine();
}
