import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline, Deadlines } from "./deadlines.ts";
import { FakeClock } from "./fake-clock.ts";
import { seededRandom } from "./random.ts";

test("a deadline expires once, not before its time and at most one resolution after it", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const random = seededRandom(7);
  const late: number[] = [];
  for (let i = 0; i < 500; i++) {
    const delayMs = random() * 20_000;
    const dueMs = clock.nowMs() + delayMs;
    deadlines.set(new Deadline(() => late.push(clock.nowMs() - dueMs)), delayMs);
    clock.advance(random() * 30);
  }
  clock.advance(30_000);
  assert.equal(late.length, 500);
  assert.ok(Math.min(...late) >= 0, `${Math.min(...late)} ms early`);
  assert.ok(Math.max(...late) <= 20, `${Math.max(...late)} ms late`);
});

test("a cleared deadline never expires, and an empty wheel holds no timer for long", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const deadline = new Deadline(() => assert.fail("expired"));
  deadlines.set(deadline, 50);
  deadlines.clear(deadline);
  clock.advance(1000);
  assert.equal(deadlines.pending, 0);
  assert.equal(clock.timersPending, 0);
});

test("a deadline that is set again expires at the later time only", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const expired: number[] = [];
  const deadline = new Deadline(() => expired.push(clock.nowMs()));
  deadlines.set(deadline, 50);
  clock.advance(40);
  deadlines.set(deadline, 100);
  clock.advance(90);
  assert.deepEqual(expired, []);
  clock.advance(30);
  assert.equal(expired.length, 1);
});

test("a deadline that expires may clear its neighbours in the same slot", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  const second = new Deadline(() => assert.fail("expired"));
  deadlines.set(second, 50);
  deadlines.set(new Deadline(() => deadlines.clear(second)), 50);
  clock.advance(100);
  assert.equal(deadlines.pending, 0);
});
