import assert from "node:assert/strict";
import { test } from "node:test";
import { skewRefusal } from "./version-skew.ts";

test("an upgrade goes to the same minor version or the next, forward and back within one", () => {
  for (const [from, to] of [
    ["0.1.0", "0.1.0"],
    ["0.1.0", "0.1.9"],
    ["0.1.9", "0.1.0"],
    ["0.1.3", "0.2.0"],
    ["1.4.0-rc.1", "1.5.0"],
  ] as const) {
    assert.equal(skewRefusal(from, to), undefined, `${from} to ${to}`);
  }
});

test("whatever else is refused with a sentence that says what would do it", () => {
  for (const [from, to] of [
    ["0.1.0", "0.3.0"],
    ["0.2.0", "0.1.9"],
    ["0.9.0", "1.0.0"],
    ["?", "0.1.0"],
  ] as const) {
    assert.match(skewRefusal(from, to) ?? "", /--force/, `${from} to ${to}`);
  }
});
