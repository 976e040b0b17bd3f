import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "./fake-clock.ts";
import { jsonLog } from "./log.ts";

test("a line is one JSON object with nothing in it that a terminal obeys", () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), new FakeClock(), "proxy");
  // Every unit there is, lone halves of pairs included.
  for (let first = 0; first < 0x1_0000; first += 0x100) {
    const units = Array.from({ length: 0x100 }, (_, i) => first + i);
    const text = String.fromCharCode(...units);
    log.warn(text, { field: text, [text]: true });
    const line = lines.pop()!;
    assert.match(line, /^[^\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]*\n$/u);
    const { message, field, [text]: isThere } = JSON.parse(line);
    assert.deepEqual([message, field, isThere], [text, text, true]);
  }
  assert.equal(lines.length, 0);
});

test("what is less than asked for is not written", () => {
  const lines: string[] = [];
  const log = jsonLog((line) => lines.push(line), new FakeClock(), "proxy", "warn");
  log.info("quiet");
  log.warn("loud");
  assert.equal(lines.length, 1);
});
