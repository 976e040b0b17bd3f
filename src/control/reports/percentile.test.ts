import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import { percentile } from "./percentile.ts";

test("nothing counted has no percentile", () => {
  assert.equal(percentile(new Float64Array(LATENCY_BOUNDS_MS.length + 1), 0.5), null);
});

test("values beyond the last bound are told as that bound", () => {
  const counts = new Float64Array(LATENCY_BOUNDS_MS.length + 1);
  counts[LATENCY_BOUNDS_MS.length] = 5;
  assert.equal(percentile(counts, 0.5), LATENCY_BOUNDS_MS.at(-1));
});

for (const [name, sample] of [
  ["even", (random: () => number) => 1 + random() * 99],
  ["long-tailed", (random: () => number) => 2 / (1 - random()) ** 0.7],
  ["two-humped", (random: () => number) => (random() < 0.8 ? 3 : 200) * (0.5 + random())],
] as const) {
  test(`percentiles of ${name} latencies are within 5 % of the exact ones`, () => {
    const random = seededRandom(11);
    const values = Array.from({ length: 20_000 }, () => sample(random)).sort((a, b) => a - b);
    const counts = new Float64Array(LATENCY_BOUNDS_MS.length + 1);
    for (const value of values) {
      counts[LATENCY_BOUNDS_MS.findIndex((bound) => value <= bound)]! += 1;
    }
    for (const quantile of [0.5, 0.95, 0.99]) {
      const exact = values[Math.ceil(quantile * values.length) - 1]!;
      const found = percentile(counts, quantile)!;
      assert.ok(Math.abs(found - exact) <= exact * 0.05, `${quantile}: ${found}, not ${exact}`);
    }
  });
}
