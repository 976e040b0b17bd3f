import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeLoads } from "./merge-loads.ts";
import { quietResult } from "./quiet-result.ts";

test("one process of the load says what it found", () => {
  assert.equal(mergeLoads([quietResult]), quietResult);
});

test("two processes count together, and the worse of their percentiles stands", () => {
  const slow = {
    ...quietResult,
    latencyUs: { ...quietResult.latencyUs, p99: 9 },
    statuses: [
      [200, 90],
      [503, 10],
    ] as const,
  };
  const merged = mergeLoads([quietResult, slow]);
  assert.deepEqual([merged.requests, merged.answers, merged.connections], [200, 200, 2]);
  assert.equal(merged.ratePerSecond.achieved, 200);
  assert.deepEqual([merged.latencyUs.p50, merged.latencyUs.p99], [1, 9]);
  assert.deepEqual(merged.statuses, [
    [200, 190],
    [503, 10],
  ]);
});

test("one process that was the limit makes the whole load the limit", () => {
  const limited = { ...quietResult, isLimit: true, limitReason: "busy" };
  const { isLimit, limitReason } = mergeLoads([quietResult, limited]);
  assert.deepEqual([isLimit, limitReason], [true, "busy"]);
});
