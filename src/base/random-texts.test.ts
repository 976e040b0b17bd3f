import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "./random.ts";
import { RandomTexts } from "./random-texts.ts";

test("each text has its form, and digits of its own", () => {
  const texts = new RandomTexts("xxxxxxxx-xxxx-4xxx", seededRandom(1));
  const taken = Array.from({ length: 1_000 }, () => texts.take());
  for (const text of taken) assert.match(text, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}$/);
  assert.equal(new Set(taken).size, taken.length);
});

test("each digit comes as often as any other at each place", () => {
  const texts = new RandomTexts("x".repeat(16), seededRandom(1));
  const counts = Array.from({ length: 16 }, () => new Map<string, number>());
  for (let i = 0; i < 16_000; i++) {
    for (const [at, digit] of [...texts.take()].entries()) {
      counts[at]!.set(digit, (counts[at]!.get(digit) ?? 0) + 1);
    }
  }
  for (const [at, of] of counts.entries()) {
    assert.equal(of.size, 16, `at ${at}`);
    for (const [digit, count] of of) {
      assert.ok(count > 850 && count < 1_150, `${digit} at ${at}: ${count} times of 16,000`);
    }
  }
});

test("an id is never all zeros, whatever is drawn", () => {
  assert.equal(new RandomTexts("x".repeat(16), () => 0).take(), "1000000010000000");
  assert.equal(new RandomTexts("x".repeat(8), () => 1 - 2 ** -53).take(), "ffffffff");
});
