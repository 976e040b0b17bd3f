// The experiments of others that the balancers are held against, simulated.

import type { BalancerPlan } from "#snapshot/destination-policy-plan.ts";
import { busy, during, fixed, waiting } from "./servers.ts";
import { type Outcome, type Simulated, simulate } from "./simulator.ts";

export const BALANCERS = ["round-robin", "random", "least-request", "peak-ewma"] as const;
export type BalancerName = (typeof BALANCERS)[number];

// "a2": as "a", and callers give up after a second.
export type ScenarioName = "a" | "a2" | "b" | "c";

export type ScenarioRow = {
  readonly scenario: ScenarioName;
  readonly proxies: number;
  readonly balancer: BalancerName;
  readonly runs: readonly ScenarioFigures[]; // by seed
};

export type ScenarioFigures = {
  readonly seed: number;
  readonly success: number; // share of answers within a second
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  readonly slowShare: number; // of all requests, to the servers that are, or become, slow
};

export type SimulationSize = {
  readonly seeds: readonly number[];
  readonly proxies: readonly number[];
  readonly lengthFactor: number; // of the full length
};

const SUCCESS_MS = 1000;
const PATIENT = { patienceMs: Number.POSITIVE_INFINITY };

export function runScenarios({ seeds, proxies, lengthFactor }: SimulationSize): ScenarioRow[] {
  return (["a", "a2", "b", "c"] as const).flatMap((scenario) =>
    proxies.flatMap((count) =>
      BALANCERS.map((balancer): ScenarioRow => {
        const { setting, slow } = scenarioOf(scenario, count, lengthFactor);
        const plan: BalancerPlan = { kind: balancer };
        const runs = seeds.map((seed) => figures(simulate(setting, plan, seed), seed, slow));
        return { scenario, proxies: count, balancer, runs };
      }),
    ),
  );
}

type Scenario = { readonly setting: Simulated; readonly slow: number };

// `slow`: how many of the first servers are slow.
function scenarioOf(name: ScenarioName, proxies: number, factor: number): Scenario {
  switch (name) {
    // Buoyant, "Beyond Round Robin", 2016: 11 backends, 167 ms in the median, 1,000 requests a
    // second, and one backend takes 2 s for half a minute. How latencies spread wasn't published;
    // here the 99th percentile is 2.5 times the median.
    case "a":
    case "a2": {
      const usual = () => waiting(167, 0.4);
      const stalled = () => during(usual(), 15_000 * factor, 45_000 * factor, fixed(2000));
      const servers = () => Array.from({ length: 11 }, (_, i) => (i === 0 ? stalled() : usual()));
      const load = { kind: "open", perSecond: 1000 } as const;
      const times = { warmUpMs: 0, durationMs: 60_000 * factor };
      const patienceMs = name === "a" ? Number.POSITIVE_INFINITY : SUCCESS_MS;
      return { setting: { servers, proxies, load, ...times, patienceMs }, slow: 1 };
    }
    // 16 backends, two of them 16 times slower, 500 requests a second.
    case "b": {
      const servers = () =>
        Array.from({ length: 16 }, (_, i) => waiting(i < 2 ? 16 * 50 : 50, 0.1));
      const load = { kind: "open", perSecond: 500 } as const;
      const times = { warmUpMs: 15_000 * factor, durationMs: 120_000 * factor };
      return { setting: { servers, proxies, load, ...times, ...PATIENT }, slow: 2 };
    }
    // Four equal backends of one core each that 64 callers keep busy.
    case "c": {
      const servers = () => Array.from({ length: 4 }, () => busy(10));
      const load = { kind: "closed", callers: 64 } as const;
      const times = { warmUpMs: 15_000 * factor, durationMs: 120_000 * factor };
      return { setting: { servers, proxies, load, ...times, ...PATIENT }, slow: 0 };
    }
  }
}

function figures(outcome: Outcome, seed: number, slow: number): ScenarioFigures {
  const { latenciesMs, byServer, perSecond } = outcome;
  const count = latenciesMs.length;
  const inTime = latenciesMs.filter((latencyMs) => latencyMs < SUCCESS_MS).length;
  const toSlow = byServer.slice(0, slow).reduce((sum, requests) => sum + requests, 0);
  return {
    seed,
    success: inTime / count,
    p50Ms: Number(latenciesMs[Math.floor(count * 0.5)]!.toFixed(2)),
    p99Ms: Number(latenciesMs[Math.floor(count * 0.99)]!.toFixed(2)),
    perSecond: Number(perSecond.toFixed(2)),
    slowShare: toSlow / count,
  };
}
