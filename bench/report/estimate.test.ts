import assert from "node:assert/strict";
import { test } from "node:test";
import { medianOf } from "../spread.ts";
import { estimate } from "./estimate.ts";

test("repeats that agree leave no doubt", () => {
  assert.deepEqual(estimate([3, 3, 3], medianOf), { value: 3, low: 3, high: 3 });
});

test("repeats that differ leave an interval around their median, the same each time", () => {
  const found = estimate([1, 2, 3, 4, 5], medianOf);
  assert.equal(found.value, 3);
  assert.ok(found.low < 3 && found.low >= 1);
  assert.ok(found.high > 3 && found.high <= 5);
  assert.deepEqual(estimate([1, 2, 3, 4, 5], medianOf), found);
});
