import assert from "node:assert/strict";
import { test } from "node:test";
import { encoderOf } from "./access-value.ts";
import { Habit } from "./habit.ts";
import { LineBlocks } from "./line-blocks.ts";

const END = Buffer.from("\n");

test("a text is said as it is, whether it is that of the line before or another", () => {
  const encode = encoderOf("json");
  const lines = new LineBlocks(encode);
  const habit = new Habit("agent:", encode);
  const long = "x".repeat(1_000);
  const texts = ["a", "a", "a", "", "", 'b"', 'b"', "a", long, long, "a", "a"];
  for (const text of texts) {
    const bytes = habit.of(text);
    if (bytes !== undefined) lines.constant(bytes);
    else {
      lines.plain("agent:");
      lines.text(text);
    }
    lines.endLine(END);
  }
  const { bytes, used } = lines.take()!;
  const expected = texts.map((text) => `agent:${text === "" ? "null" : JSON.stringify(text)}\n`);
  assert.equal(bytes.toString("utf8", 0, used), expected.join(""));
});
