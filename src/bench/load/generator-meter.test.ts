import assert from "node:assert/strict";
import { test } from "node:test";
import { GeneratorMeter, limitReason } from "./generator-meter.ts";
import type { GeneratorCost } from "./load-result.ts";

const OPEN = { kind: "open", ratePerSecond: 1, arrivals: "uniform", pacing: "timer" } as const;
const NONE = { p50: 0, p75: 0, p90: 0, p99: 0, p999: 0, max: 0, mean: 0 };
const CALM: GeneratorCost = {
  cpuUsPerRequest: 10,
  cpuShare: 0.5,
  busyShare: 0.5,
  latenessUs: NONE,
};

test("a generator with time to spare is not the limit", () => {
  assert.equal(limitReason(CALM, OPEN), "");
  assert.equal(limitReason(CALM, { kind: "closed" }), "");
});

test("a busy generator is the limit", () => {
  assert.match(limitReason({ ...CALM, busyShare: 0.95 }, { kind: "closed" }), /busy 95 %/);
});

test("a late generator is the limit, sooner when it was to be exact", () => {
  const late = { ...CALM, latenessUs: { ...NONE, p99: 3000 } };
  assert.equal(limitReason(late, OPEN), "");
  assert.match(limitReason(late, { ...OPEN, pacing: "spin" }), /3000 us late/);
});

test("the meter reads what the process spends", () => {
  const meter = new GeneratorMeter();
  meter.begin(0);
  const until = performance.now() + 50;
  while (performance.now() < until);
  const cost = meter.read(50, 100, 0, NONE);
  assert.ok(cost.cpuUsPerRequest > 0 && cost.cpuShare > 0);
});
