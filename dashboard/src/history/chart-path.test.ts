import assert from "node:assert/strict";
import { test } from "node:test";
import { chartPath, roundUp } from "./chart-path.ts";

test("a gap breaks the line, and what is over the top stays at it", () => {
  const box = { widthPx: 30, heightPx: 10, most: 10 };
  assert.equal(chartPath([0, 5, null, 20], box), "M0.0 10.0L10.0 5.0M30.0 0.0");
});

test("nothing measured is no line", () => {
  assert.equal(chartPath([], { widthPx: 30, heightPx: 10, most: 1 }), "");
  assert.equal(chartPath([null, null], { widthPx: 30, heightPx: 10, most: 1 }), "");
});

test("the top of a chart is a round number", () => {
  assert.deepEqual([0, 0.3, 1, 1.1, 42, 99, 101].map(roundUp), [1, 0.5, 1, 2, 50, 100, 200]);
});
