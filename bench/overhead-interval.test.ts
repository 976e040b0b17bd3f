import assert from "node:assert/strict";
import { test } from "node:test";
import { overheadOf } from "./overhead-interval.ts";

test("of ten pairs the interval leaves out the least and the greatest", () => {
  const ratios = [1.05, 1.01, 3, 1.04, 1.02, 0.2, 1.03, 1.06, 1.08, 1.07];
  assert.deepEqual(overheadOf(ratios), { ratio: 1.045, low: 1.01, high: 1.08, pairs: 10 });
});

test("of fewer it has them all", () => {
  assert.deepEqual(overheadOf([1.2, 1, 1.1]), { ratio: 1.1, low: 1, high: 1.2, pairs: 3 });
});

test("the more there are, the more it leaves out: thirteen of forty at each end", () => {
  const ratios = Array.from({ length: 40 }, (_, at) => 1 + at / 100);
  assert.deepEqual(overheadOf(ratios), { ratio: 1.195, low: 1.13, high: 1.26, pairs: 40 });
});
