import assert from "node:assert/strict";
import { test } from "node:test";
import { LineReader } from "./line-reader.ts";

test("lines are the same wherever the reads split them", () => {
  const whole = Buffer.from('{"a":1}\n\n{"b":"ü"}\n');
  for (let at = 0; at <= whole.length; at++) {
    const lines: string[] = [];
    const reader = readerInto(lines, 100);
    reader.read(whole.subarray(0, at));
    reader.read(whole.subarray(at));
    assert.deepEqual(lines, ['{"a":1}', "", '{"b":"ü"}']);
  }
});

test("a line at the limit passes, one byte more ends the reading", () => {
  const lines: string[] = [];
  const reader = readerInto(lines, 4);
  reader.read(Buffer.from("1234\n12345\n1\n"));
  reader.read(Buffer.from("2\n"));
  assert.deepEqual(lines, ["1234", "overflow"]);
});

function readerInto(lines: string[], bytesMax: number): LineReader {
  return new LineReader(bytesMax, {
    line: (text) => void lines.push(text),
    overflow: () => void lines.push("overflow"),
  });
}
