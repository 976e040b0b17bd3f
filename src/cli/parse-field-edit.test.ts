import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFieldEdit } from "./parse-field-edit.ts";

test("numbers, truths and JSON are what they look like, everything else is text", () => {
  const value = (text: string) => parseFieldEdit(`a=${text}`)?.value;
  assert.deepEqual(
    ["80", "-1.5", "true", "2s", "", "[1]", '{"a":1}', '"7"', "{x", "a=b"].map(value),
    [80, -1.5, true, "2s", "", [1], { a: 1 }, "7", "{x", "a=b"],
  );
});

test("steps are parted by dots, numbers count from 0, and a dash takes a field away", () => {
  assert.deepEqual(parseFieldEdit("spec.rules.0.weight=1")?.path, ["spec", "rules", 0, "weight"]);
  assert.deepEqual(parseFieldEdit("metadata.labels.a\\.b/c-"), {
    path: ["metadata", "labels", "a.b/c"],
    value: null,
  });
});

test("what is no edit is none", () => {
  for (const word of ["", "a", "=1", "a..b=1", ".a=1", "-"]) {
    assert.equal(parseFieldEdit(word), undefined, word);
  }
});
