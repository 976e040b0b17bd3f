import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDurationMs } from "./parse-duration.ts";

test("a duration is a number with a unit, or several of them", () => {
  assert.equal(parseDurationMs("20s"), 20_000);
  assert.equal(parseDurationMs("1m30s"), 90_000);
  assert.equal(parseDurationMs("1.5s"), 1500);
  assert.equal(parseDurationMs("250ms"), 250);
});

test("what is no duration, or too long for a timer, is refused", () => {
  for (const text of ["", "20", "s", "20 s", "-1s", "1d", "1s2", "999999999h"]) {
    assert.equal(parseDurationMs(text), undefined, text);
  }
});
