import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkPath } from "./spark-path.ts";

const BOX = { widthPx: 60, heightPx: 23, untilMs: 60_000, spanMs: 60_000 };

test("the newest value is at the right, the greatest at the top", () => {
  const points = [
    { atMs: 30_000, value: 0 },
    { atMs: 45_000, value: 5 },
    { atMs: 60_000, value: 10 },
  ];
  assert.equal(sparkPath(points, BOX), "M30.0 21.5L45.0 11.5L60.0 1.5");
});

test("small ups and downs stay small", () => {
  const points = [
    { atMs: 0, value: 90 },
    { atMs: 60_000, value: 100 },
  ];
  assert.equal(sparkPath(points, BOX), "M0.0 6.5L60.0 1.5");
});

test("where nothing was measured the line is broken", () => {
  const points = [
    { atMs: 0, value: 1 },
    { atMs: 20_000, value: null },
    { atMs: 60_000, value: 1 },
  ];
  assert.equal(sparkPath(points, BOX), "M0.0 1.5M60.0 1.5");
});

test("nothing but zeros is a line at the bottom, no values no line", () => {
  assert.equal(sparkPath([{ atMs: 60_000, value: 0 }], BOX), "M60.0 21.5");
  assert.equal(sparkPath([], BOX), "");
});
