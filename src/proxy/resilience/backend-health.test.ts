import assert from "node:assert/strict";
import { test } from "node:test";
import type { EjectionPlan } from "#snapshot/destination-policy-plan.ts";
import { BackendHealth } from "./backend-health.ts";

const PLAN: EjectionPlan = {
  ...{ failures: 5, gatewayFailures: 0, localFailures: 5, isLocalApart: false },
  ...{ intervalMs: 10_000, baseMs: 30_000, ejectedPercentMax: 100, healthyPercentMin: 0 },
};

test("five failures in a row eject an endpoint, four and a success do not", () => {
  const health = backend(["a", "b"]);
  fail(health, "a", 4);
  health.of("a")!.answered(0, 200);
  fail(health, "a", 4);
  assert.equal(health.of("a")!.isEjected(0), false);
  fail(health, "a", 1);
  assert.equal(health.of("a")!.isEjected(0), true);
  assert.equal(health.ejections, 1);
});

test("an answer of 404 is no failure, no answer at all is one", () => {
  const health = backend(["a", "b"]);
  fail(health, "a", 20, 0, 404);
  assert.equal(health.ejections, 0);
  fail(health, "a", 5, 0, 0);
  assert.equal(health.ejections, 1);
});

test("each ejection lasts longer, and returns by itself; a quiet time is forgiven", () => {
  const health = backend(["a", "b"]);
  const a = health.of("a")!;
  fail(health, "a", 5, 0);
  assert.equal(a.isEjected(29_999), true);
  assert.equal(a.isEjected(30_000), false);
  fail(health, "a", 5, 30_000);
  assert.equal(a.isEjected(89_999), true);
  assert.equal(a.isEjected(90_000), false);
  // Well for two intervals.
  fail(health, "a", 5, 110_000);
  assert.equal(a.ejectedUntilMs, 140_000);
});

test("failures that come in while it is ejected prolong nothing", () => {
  const health = backend(["a", "b"]);
  fail(health, "a", 50, 0);
  assert.equal(health.ejections, 1);
  assert.equal(health.of("a")!.ejectedUntilMs, 30_000);
});

test("the only endpoint is never ejected, nor the last of several", () => {
  const alone = backend(["a"]);
  fail(alone, "a", 100);
  assert.equal(alone.of("a")!.isEjected(0), false);
  const health = backend(["a", "b", "c"]);
  for (const key of ["a", "b", "c"]) fail(health, key, 100);
  assert.equal(health.ejectedNow(0), 2);
  assert.equal(health.of("c")!.isEjected(0), false);
});

test("at most a share of them is ejected, but always one may be", () => {
  const keys = ["a", "b", "c", "d", "e", "f"];
  for (const [ejectedPercentMax, most] of [
    [0, 0],
    [10, 1],
    [50, 3],
    [100, 5],
  ] as const) {
    const health = backend(keys, { ejectedPercentMax });
    for (const key of keys) fail(health, key, 10);
    assert.equal(health.ejectedNow(0), most, `${ejectedPercentMax} %`);
  }
});

test("with too few left, all are asked again, until some have returned", () => {
  const health = backend(["a", "b", "c", "d"], { ejectedPercentMax: 50, healthyPercentMin: 50 });
  fail(health, "a", 5, 0);
  fail(health, "b", 5, 10_000);
  assert.equal(health.of("a")!.isEjected(10_000), true);
  // One of the healthy ones has gone.
  health.adopt({ ...PLAN, healthyPercentMin: 50 }, ["a", "b", "c"], 10_000);
  assert.equal(health.of("a")!.isEjected(10_000), false);
  assert.equal(health.of("b")!.isEjected(10_000), false);
  assert.equal(health.of("b")!.isEjected(30_000), true, "a has returned: two of three");
});

test("gateway errors are counted by themselves where that is asked for", () => {
  const health = backend(["a", "b"], { failures: 0, gatewayFailures: 3 });
  fail(health, "a", 10, 0, 500);
  fail(health, "a", 2, 0, 503);
  fail(health, "a", 1, 0, 500);
  fail(health, "a", 2, 0, 502);
  assert.equal(health.ejections, 0);
  fail(health, "a", 1, 0, 504);
  assert.equal(health.ejections, 1);
});

test("what got no answer is counted apart where that is asked for", () => {
  const health = backend(["a", "b"], { isLocalApart: true, localFailures: 3 });
  for (let i = 0; i < 4; i++) {
    fail(health, "a", 1, 0, 500);
    fail(health, "a", 1, 0, 0);
  }
  assert.equal(health.ejections, 0, "neither kind was enough, or in a row");
  fail(health, "b", 3, 0, 0);
  assert.equal(health.ejections, 1);
});

test("who is ejected stays so when a plan changes, and a new endpoint is well", () => {
  const health = backend(["a", "b"]);
  fail(health, "a", 5);
  health.adopt(PLAN, ["a", "b", "c"], 1_000);
  assert.equal(health.of("a")!.isEjected(1_000), true);
  assert.equal(health.of("c")!.isEjected(1_000), false);
  assert.equal(health.of("c")!.sinceMs, 1_000);
});

function backend(keys: readonly string[], changes: Partial<EjectionPlan> = {}): BackendHealth {
  const health = new BackendHealth();
  health.adopt({ ...PLAN, ...changes }, keys, 0);
  return health;
}

function fail(health: BackendHealth, key: string, times: number, nowMs = 0, status = 503): void {
  for (let i = 0; i < times; i++) health.of(key)!.answered(nowMs, status);
}
