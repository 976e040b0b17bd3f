import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { seededRandom } from "#base/random.ts";
import { Pacer, type PacerOptions } from "./pacer.ts";

const UNIFORM = { ratePerSecond: 400, arrivals: "uniform", pacing: "timer" } as const;

test("uniform arrivals are due at fixed distances", () => {
  const { due, clock } = paced(UNIFORM);
  turn(clock, 100);
  assert.deepEqual(due.slice(0, 4), [2.5, 5, 7.5, 10]);
  assert.equal(due.length, 40);
});

test("a late wake-up releases all that was due and shifts nothing", () => {
  const { due, clock } = paced(UNIFORM);
  clock.advance(50);
  turn(clock, 50);
  assert.equal(due.length, 40);
  assert.equal(due.at(-1), 100);
});

test("a schedule keeps its start, also when it is begun late", () => {
  const { due, clock } = paced(UNIFORM, 40);
  turn(clock, 60);
  assert.deepEqual(due.slice(0, 3), [2.5, 5, 7.5]);
  assert.equal(due.length, 40);
});

test("poisson arrivals keep the rate and vary their distances", () => {
  const { due, clock } = paced({ ...UNIFORM, arrivals: "poisson" });
  turn(clock, 10_000);
  assert.ok(Math.abs(due.length - 4000) < 200, `${due.length} arrivals`);
  const gaps = due.slice(1).map((at, i) => at - due[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  assert.ok(Math.abs(Math.sqrt(variance) / mean - 1) < 0.1, "as far apart as chance has it");
});

test("a stopped pacer releases nothing more", () => {
  const { due, clock, pacer } = paced(UNIFORM);
  turn(clock, 20);
  pacer.stop();
  turn(clock, 20);
  assert.equal(due.length, 8);
});

function paced(options: PacerOptions, lateMs = 0) {
  const clock = new FakeClock();
  const startMs = clock.nowMs();
  const due: number[] = [];
  const pacer = new Pacer(clock, seededRandom(7), options, (dueMs) => due.push(dueMs - startMs));
  clock.advance(lateMs);
  pacer.start(startMs);
  return { due, clock, pacer };
}

function turn(clock: FakeClock, ms: number): void {
  for (let i = 0; i < ms; i++) clock.advance(1);
}
