import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Pace } from "#snapshot/messages.ts";
import { ReportPace } from "./report-pace.ts";

const MANY = LIMITS.reportSeldomAboveProxies + 1;
const { reportEveryMs, reportSeldomMs, reportWatchedMs } = LIMITS;

function start() {
  const clock = new FakeClock();
  const pace = new ReportPace(clock);
  const join = () => {
    const told: number[] = [];
    const proxy = { pace: (message: Pace) => told.push(message.reportEveryMs) };
    pace.greet(proxy);
    return { told, leave: () => pace.leave(proxy) };
  };
  return { clock, pace, join };
}

test("few proxies are never told: they report each second by themselves", () => {
  const { clock, pace, join } = start();
  const all = Array.from({ length: MANY - 1 }, join);
  clock.advance(10 * reportWatchedMs);
  assert.deepEqual(
    all.map(({ told }) => told.length),
    Array(MANY - 1).fill(0),
  );
  assert.equal(pace.isSeldom, false);
});

test("many report seldom once nobody has looked for a while, also who comes later", () => {
  const { clock, join } = start();
  const all = Array.from({ length: MANY }, join);
  clock.advance(reportWatchedMs - 1);
  assert.deepEqual(all[0]!.told, []);
  clock.advance(1);
  for (const { told } of all) assert.deepEqual(told, [reportSeldomMs]);
  assert.deepEqual(join().told, [reportSeldomMs]);
});

test("while somebody looks all report each second, and seldom again when that is over", () => {
  const { clock, pace, join } = start();
  const [first] = Array.from({ length: MANY }, join);
  clock.advance(reportWatchedMs);
  for (let seconds = 0; seconds < 100; seconds++) {
    pace.looked();
    clock.advance(1000);
  }
  assert.deepEqual(first!.told, [reportSeldomMs, reportEveryMs]);
  clock.advance(2 * reportWatchedMs);
  assert.deepEqual(first!.told, [reportSeldomMs, reportEveryMs, reportSeldomMs]);
});

test("where proxies leave until they are few, the others report each second", () => {
  const { clock, join } = start();
  const [first, second] = Array.from({ length: MANY }, join);
  clock.advance(reportWatchedMs);
  second!.leave();
  assert.deepEqual(first!.told, [reportSeldomMs, reportEveryMs]);
});

test("one that comes and goes at the limit changes the pace once in a while, not each time", () => {
  const { clock, join } = start();
  const [first] = Array.from({ length: MANY - 1 }, join);
  for (let seconds = 0; seconds < reportWatchedMs / 1000; seconds++) {
    const { leave } = join();
    clock.advance(1000);
    leave();
  }
  assert.ok(first!.told.length <= 2, String(first!.told));
});
