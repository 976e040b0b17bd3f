import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { ISTIO_BOUNDS_MS, LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import { bucketFinder } from "./bucket-finder.ts";

for (const bounds of [LATENCY_BOUNDS_MS, ISTIO_BOUNDS_MS]) {
  const bucketOf = bucketFinder(bounds);
  const searched = (value: number) => {
    const found = bounds.findIndex((bound) => value <= bound);
    return found < 0 ? bounds.length : found;
  };

  test(`each of ${bounds.length} bounds is the most that its bucket holds`, () => {
    bounds.forEach((bound, i) => {
      assert.equal(bucketOf(bound), i);
      assert.equal(bucketOf(bound * (1 - 1e-12)), i);
      assert.equal(bucketOf(bound * (1 + 1e-12)), i + 1);
    });
  });

  test(`any value finds its bucket among ${bounds.length}`, () => {
    const random = seededRandom(3);
    for (let i = 0; i < 20_000; i++) {
      const value = 10 ** (random() * 12 - 4);
      assert.equal(bucketOf(value), searched(value), String(value));
    }
  });

  test(`what is no sensible value still finds a bucket among ${bounds.length}`, () => {
    assert.equal(bucketOf(0), 0);
    assert.equal(bucketOf(-5), 0);
    assert.equal(bucketOf(Number.NaN), 0);
    assert.equal(bucketOf(Number.POSITIVE_INFINITY), bounds.length);
  });
}
