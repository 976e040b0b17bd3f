import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { BackOff } from "./back-off.ts";

test("the first restart comes at once, the next ones ever later, none after more than 10 s", () => {
  const clock = new FakeClock();
  const backOff = new BackOff(clock, () => 1);
  const delays = Array.from({ length: 10 }, () => fail(backOff, clock));
  assert.deepEqual(delays, [0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
});

test("half of a delay is jitter", () => {
  const clock = new FakeClock();
  const backOff = new BackOff(clock, () => 0);
  fail(backOff, clock);
  assert.equal(fail(backOff, clock), 50);
});

test("half a minute of health forgives all failures", () => {
  const clock = new FakeClock();
  const backOff = new BackOff(clock, () => 1);
  for (let i = 0; i < 5; i++) fail(backOff, clock);
  assert.equal(fail(backOff, clock, 30_000), 0);
  assert.equal(backOff.failures, 1);
});

function fail(backOff: BackOff, clock: FakeClock, livesMs = 10): number {
  backOff.noteStart();
  clock.advance(livesMs);
  return backOff.nextDelayMs();
}
