import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { measureDecide } from "./measure-decide.ts";

test("the benchmark of decisions runs", () => {
  const size = { routes: 100, rounds: 3, decisionsPerRound: 1000 };
  const result = measureDecide(size, systemClock.nowMs);
  assert.ok(result.medianNs > 0);
  assert.ok(result.slowestNs >= result.medianNs);
});
