import assert from "node:assert/strict";
import { test } from "node:test";
import { moveShare, sharesOf } from "./shares.ts";

test("weights are shares of a hundred, whatever they add up to", () => {
  assert.deepEqual(sharesOf([90, 10]), [90, 10]);
  assert.deepEqual(sharesOf([1, 1, 1]), [34, 33, 33]);
  assert.deepEqual(sharesOf([0, 5]), [0, 100]);
  assert.deepEqual(sharesOf([0, 0]), [0, 0]);
});

test("moving one share leaves the others their proportions", () => {
  assert.deepEqual(moveShare([90, 10], 1, 25), [75, 25]);
  assert.deepEqual(moveShare([50, 30, 20], 0, 0), [0, 60, 40]);
  assert.deepEqual(moveShare([50, 30, 20], 2, 60), [25, 15, 60]);
});

test("what is left goes to all alike where nobody had any", () => {
  assert.deepEqual(moveShare([100, 0, 0], 0, 40), [40, 30, 30]);
});
