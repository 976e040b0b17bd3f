import assert from "node:assert/strict";
import { test } from "node:test";
import { invalidRuns } from "./invalid-runs.ts";

const good = { load: "pair-8", subject: "weft", refused: [] };
const bad = { load: "pair-8", subject: "envoy", refused: ["one", "two"] };

test("a run that doesn't count makes its repeat invalid", () => {
  assert.deepEqual(invalidRuns("pair", [{ runs: [good] }, { runs: [good, bad, bad] }]), [
    "pair, repeat 2, pair-8 on envoy: one; two",
  ]);
});

test("a second try that counts makes up for the first", () => {
  assert.deepEqual(invalidRuns("pair", [{ runs: [bad, { ...bad, refused: [] }] }]), []);
});
