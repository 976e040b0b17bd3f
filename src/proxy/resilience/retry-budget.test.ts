import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { RetryBudget } from "./retry-budget.ts";

test("a spent budget refuses the next retry", () => {
  assert.equal(spent(new FakeClock()).take(), false);
});

test("five requests at a ratio of a fifth earn one retry, and only one", () => {
  const budget = spent(new FakeClock());
  for (let i = 0; i < 6; i++) budget.noteRequest();
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
});

test("a quiet workload earns retries by waiting, but saves up no more than the cap", () => {
  const clock = new FakeClock();
  const budget = spent(clock);
  clock.advance(1000);
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
  clock.advance(3_600_000);
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
});

function spent(clock: FakeClock): RetryBudget {
  const budget = new RetryBudget(clock, { ratio: 0.2, retriesPerSecond: 1, retriesMax: 2 });
  budget.take();
  budget.take();
  return budget;
}
