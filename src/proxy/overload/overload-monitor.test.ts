import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { type LogFields, silentLog } from "#base/log.ts";
import { FakeSampler } from "./fake-sampler.ts";
import { OverloadMonitor } from "./overload-monitor.ts";

const LOOK_MS = LIMITS.overloadSampleMs;

test("each level gives up what the ones before it do, and one thing more", () => {
  const { clock, sampler, monitor, calls } = watched();
  const seen = () => calls.splice(0).join(" ");
  sampler.use({ heapBytes: 86 });
  clock.advance(LOOK_MS);
  assert.deepEqual([monitor.reading.level, seen()], [1, "idle"]);
  sampler.use({ heapBytes: 93 });
  clock.advance(LOOK_MS);
  assert.deepEqual([monitor.reading.level, seen(), monitor.isRefusing], [2, "keep-alive", false]);
  sampler.use({ heapBytes: 96 });
  clock.advance(LOOK_MS);
  assert.deepEqual([monitor.isRefusing, monitor.isAccepting, seen()], [true, true, "keep-alive"]);
  sampler.use({ heapBytes: 99 });
  clock.advance(LOOK_MS);
  assert.deepEqual([monitor.isAccepting, seen()], [false, "keep-alive buffers"]);
  const { idleClosed, keepAliveEnded, buffersDropped } = monitor.reading;
  assert.deepEqual([idleClosed, keepAliveEnded, buffersDropped], [1, 30, 100]);
});

test("everything is as before when the pressure is over", () => {
  const { clock, sampler, monitor, calls } = watched();
  sampler.use({ descriptors: 990 });
  clock.advance(LOOK_MS);
  sampler.use({ descriptors: 10 });
  clock.advance(4 * LOOK_MS);
  assert.deepEqual(
    [monitor.reading.level, monitor.isRefusing, monitor.isAccepting],
    [0, false, true],
  );
  calls.length = 0;
  clock.advance(60_000);
  assert.deepEqual(calls, []);
});

test("idle connections are looked for at the pace of the shortened timer", () => {
  const { clock, sampler, calls } = watched();
  sampler.use({ heapBytes: 86 });
  clock.advance(2 * LIMITS.overloadIdleMs + LOOK_MS);
  assert.deepEqual(calls, ["idle", "idle", "idle"]);
});

test("it looks more often when something may run out soon", () => {
  const { clock, sampler, monitor } = watched();
  sampler.use({ heapBytes: 75 });
  clock.advance(LOOK_MS);
  sampler.use({ heapBytes: 97 });
  clock.advance(LIMITS.overloadAlertMs);
  assert.ok(monitor.isRefusing);
  sampler.use({ heapBytes: 10 });
  clock.advance(LIMITS.overloadAlertMs + 2 * LOOK_MS);
  assert.equal(monitor.reading.level, 0);
});

test("connections are looked through no more often for that", () => {
  const { clock, sampler, calls } = watched();
  sampler.use({ heapBytes: 93 });
  clock.advance(LOOK_MS * 8);
  assert.deepEqual(calls.filter((call) => call === "keep-alive").length, 8);
});

test("garbage is collected before anything is given up for it", () => {
  const { clock, sampler, monitor, calls } = watched();
  sampler.garbageBytes = 99;
  clock.advance(LOOK_MS);
  assert.deepEqual([sampler.collections, monitor.reading.level, calls], [1, 0, []]);
  sampler.use({ heapBytes: 50 });
  clock.advance(10 * LOOK_MS);
  assert.equal(sampler.collections, 1, "only where it may help");
});

test("collecting garbage takes a small share of the time, however long it takes", () => {
  const { clock, sampler } = watched();
  sampler.use({ heapBytes: 90 });
  sampler.collect = () => {
    sampler.collections++;
    clock.advance(50);
  };
  clock.advance(10_000);
  assert.ok(sampler.collections >= 5 && sampler.collections <= 11, `${sampler.collections}`);
});

test("a change of level is one line, and a level that flickers no flood of them", () => {
  const { clock, sampler, lines } = watched();
  sampler.use({ heapBytes: 96 });
  clock.advance(LOOK_MS);
  assert.deepEqual(lines, [
    "warn Overloaded: shedding load: level=refusing resource=heap percent=96 connections=7",
  ]);
  for (let i = 0; i < 40; i++) {
    sampler.use({ heapBytes: i % 2 === 0 ? 50 : 99 });
    clock.advance(LOOK_MS);
  }
  assert.ok(lines.length <= 12, `${lines.length} lines in 10 s`);
  sampler.use({ heapBytes: 10 });
  clock.advance(3_000);
  assert.equal(
    lines.at(-1),
    "info Less overloaded: level=normal resource=heap percent=10 connections=7",
  );
});

test("nothing is left of it when it is stopped", () => {
  const { clock, monitor } = watched();
  clock.advance(LOOK_MS);
  monitor.stop();
  assert.equal(clock.timersPending, 0);
});

function watched() {
  const clock = new FakeClock();
  const sampler = new FakeSampler();
  const calls: string[] = [];
  const lines: string[] = [];
  const noted = (what: string, count: number) => () => {
    calls.push(what);
    return count;
  };
  const told =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
      lines.push(`${level} ${message}: ${text.join(" ")}`);
    };
  const actions = {
    connectionsOpen: 7,
    closeIdle: noted("idle", 1),
    endKeepAlive: noted("keep-alive", 10),
    dropBuffers: noted("buffers", 100),
  };
  const log = { ...silentLog, info: told("info"), warn: told("warn") };
  const monitor = new OverloadMonitor({ clock, log, sampler, actions });
  monitor.start();
  return { clock, sampler, monitor, calls, lines };
}
