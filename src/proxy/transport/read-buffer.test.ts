import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadBuffer } from "./read-buffer.ts";

test("what was read is seen at its own length, whatever other reads share its view's place", () => {
  const read = new ReadBuffer();
  for (const text of ["abc", "a".repeat(67), "xyz", "b".repeat(67), "q".repeat(131)]) {
    read.buffer.write(text);
    assert.equal(read.first(text.length).toString(), text);
  }
});

test("reads of one length share a view", () => {
  const read = new ReadBuffer();
  assert.equal(read.first(200), read.first(200));
});
