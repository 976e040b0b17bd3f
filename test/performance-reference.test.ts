// docs/reference/performance.md and the README's table are what the newest results say.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { reports } from "../bench/report/write-report.ts";

test("the README has one place for the table of figures", () => {
  const found = readFileSync("README.md", "utf8").match(/<!-- \/?performance -->/g);
  assert.deepEqual(found, ["<!-- performance -->", "<!-- /performance -->"]);
});

for (const { path, text } of reports()) {
  test(`${path} says what the newest results say (else: node bench/report.ts)`, () => {
    assert.equal(readFileSync(path, "utf8"), text);
  });
}
