import assert from "node:assert/strict";
import { test } from "node:test";
import { verdict } from "./budget-table.ts";

const LESS = { aim: 1, floor: 2, better: "less" } as const;
const MORE = { aim: 0.9, floor: 0.6, better: "more" } as const;

test("a figure reaches its aim, holds its floor, or breaks it", () => {
  assert.deepEqual(
    [1, 1.5, 2.1].map((value) => verdict({ ...LESS, measured: found(value) })),
    ["aim", "floor", "**no**"],
  );
  assert.deepEqual(
    [0.9, 0.7, 0.5].map((value) => verdict({ ...MORE, measured: found(value) })),
    ["aim", "floor", "**no**"],
  );
});

test("where there is an aim only, a figure that misses it breaks nothing", () => {
  assert.equal(verdict({ ...LESS, floor: undefined, measured: found(3) }), "aim missed");
});

test("what wasn't measured is not judged", () => {
  assert.equal(verdict({ ...LESS, measured: undefined }), "");
});

function found(value: number) {
  return { value, low: value, high: value };
}
