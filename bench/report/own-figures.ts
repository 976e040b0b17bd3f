// Figures of Weft's sidecars alone; of two sidecars, the worse counts.

import type { MeasuredStart } from "../measure-start.ts";
import type { ProxyResult } from "../proxy-result.ts";
import { spreadOf } from "../spread.ts";
import { countingRuns } from "./counting-runs.ts";
import { type Estimate, estimate } from "./estimate.ts";

export function idleMemoryMib(result: ProxyResult): Estimate | undefined {
  return ofRepeats(worstIdle(result, ({ memory }) => memory.anonymousKiB / 1024));
}

export function busyMemoryMib(result: ProxyResult): Estimate | undefined {
  const runs = countingRuns(result, "pair-64", ["weft"]);
  return ofRepeats(
    runs.map(([{ memory }]) => Math.max(...memory.map((one) => one.anonymousKiB / 1024))),
  );
}

export function idleCpuPercent(result: ProxyResult): Estimate | undefined {
  return ofRepeats(worstIdle(result, ({ cpuShare }) => cpuShare * 100));
}

export function idleConnectionKib(
  { idleConnections }: ProxyResult,
  kind: "plain" | "mesh",
): Estimate | undefined {
  const found = idleConnections.filter((one) => one.kind === kind);
  return ofRepeats(found.map(({ perConnectionKiB }) => perConnectionKiB));
}

export function startMs({ start }: ProxyResult, which: keyof MeasuredStart): Estimate | undefined {
  return ofRepeats(
    start.map((one) => {
      const { outbound, inbound } = one[which].sidecarReadyMs;
      return Math.max(outbound, inbound);
    }),
  );
}

function worstIdle(
  { idle }: ProxyResult,
  figure: (one: ProxyResult["idle"][number]) => number,
): number[] {
  const own = idle.filter(({ subject }) => subject === "weft");
  const repeats = [...new Set(own.map(({ repeat }) => repeat))];
  return repeats.map((repeat) =>
    Math.max(...own.filter((one) => one.repeat === repeat).map(figure)),
  );
}

function ofRepeats(values: readonly number[]): Estimate | undefined {
  if (values.length === 0) return undefined;
  return estimate(values, (some) => spreadOf(some).median);
}
