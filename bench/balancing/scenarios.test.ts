// The experiments, small: what docs/reference/balancing.md says in large holds here, too.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type BalancerName,
  runScenarios,
  type ScenarioFigures,
  type ScenarioName,
} from "./scenarios.ts";

const rows = runScenarios({ seeds: [1, 2], proxies: [1, 4], lengthFactor: 0.5 });

test("the same seed repeats exactly", () => {
  const again = runScenarios({ seeds: [1], proxies: [1], lengthFactor: 0.5 });
  for (const { scenario, balancer, runs } of again) {
    assert.deepEqual(runs[0], figures(scenario, balancer, 1)[0]);
  }
});

test("one stalled backend of eleven costs the mesh's own way at most 0.3 % of the answers", () => {
  for (const proxies of [1, 4]) {
    // Half as long as in full, so the first surprise weighs twice as much.
    for (const name of ["a", "a2"] as const) {
      for (const { success } of figures(name, "peak-ewma", proxies)) assert.ok(success >= 0.997);
    }
    for (const { success } of figures("a", "round-robin", proxies)) {
      assert.ok(success > 0.94 && success < 0.97, `${success}`);
    }
  }
});

test("two slow backends of sixteen don't show in its 99th percentile", () => {
  for (const proxies of [1, 4]) {
    const ours = figures("b", "peak-ewma", proxies);
    for (const [i, { p99Ms }] of figures("b", "round-robin", proxies).entries()) {
      assert.ok(ours[i]!.p99Ms <= 0.15 * p99Ms, `${ours[i]!.p99Ms} of ${p99Ms} ms`);
    }
  }
});

test("equal backends that are busy do as much as with round robin", () => {
  for (const proxies of [1, 4]) {
    const ours = figures("c", "peak-ewma", proxies);
    for (const [i, { perSecond }] of figures("c", "round-robin", proxies).entries()) {
      assert.ok(ours[i]!.perSecond >= 0.99 * perSecond);
    }
  }
});

function figures(
  scenario: ScenarioName,
  balancer: BalancerName,
  proxies: number,
): readonly ScenarioFigures[] {
  const row = rows.find(
    (each) => each.scenario === scenario && each.balancer === balancer && each.proxies === proxies,
  );
  return row!.runs;
}
