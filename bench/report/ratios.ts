// Weft's figures over a peer's, from the repeats in which both count.

import type { Run } from "../measure-run.ts";
import type { ProxyResult } from "../proxy-result.ts";
import { spreadOf } from "../spread.ts";
import { countingRuns } from "./counting-runs.ts";
import { type Estimate, estimate } from "./estimate.ts";

export type Figure = (run: Run) => number;

export const cpuPerRequest: Figure = ({ cpuUs }) => cpuUs.total;

// Undefined: not measured.
export function ratio(
  result: ProxyResult,
  load: string,
  peer: string,
  figure: Figure,
): Estimate | undefined {
  const runs = countingRuns(result, load, ["weft", peer]);
  if (runs.length === 0) return undefined;
  return estimate(runs, (some) => {
    const of = (at: 0 | 1) => spreadOf(some.map((one) => figure(one[at]))).median;
    return of(0) / of(1);
  });
}

// Of what the way through a pair adds to the way without one.
export function addedRatio(
  result: ProxyResult,
  load: string,
  peer: string,
  figure: Figure,
): Estimate | undefined {
  const runs = countingRuns(result, load, ["weft", peer, "direct"]);
  if (runs.length === 0) return undefined;
  return estimate(runs, (some) => {
    const of = (at: 0 | 1 | 2) => spreadOf(some.map((one) => figure(one[at]))).median;
    const direct = of(2);
    // Less than a microsecond is nothing that could be told from nothing.
    return Math.max(1, of(0) - direct) / Math.max(1, of(1) - direct);
  });
}
