// What the generator itself costs, and whether it was what limited the load.

import { type EventLoopUtilization, performance } from "node:perf_hooks";
import type { LoadLoop } from "./load-options.ts";
import type { GeneratorCost, Percentiles } from "./load-result.ts";

const BUSY_SHARE_MAX = 0.9;
// A release later than this distorts what is measured.
const LATENESS_P99_MAX_US = { timer: 5000, spin: 1000 } as const;

export class GeneratorMeter {
  #cpu: NodeJS.CpuUsage;
  #loop: EventLoopUtilization;
  #spunMs = 0;

  constructor() {
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
  }

  begin(spunMs: number): void {
    this.#cpu = process.cpuUsage();
    this.#loop = performance.eventLoopUtilization();
    this.#spunMs = spunMs;
  }

  read(elapsedMs: number, requests: number, spunMs: number, lateness: Percentiles): GeneratorCost {
    const { user, system } = process.cpuUsage(this.#cpu);
    const { active } = performance.eventLoopUtilization(this.#loop);
    const cpuUs = user + system;
    return {
      cpuUsPerRequest: rounded(cpuUs / Math.max(1, requests), 2),
      cpuShare: rounded(cpuUs / 1000 / Math.max(1, elapsedMs), 3),
      busyShare: rounded((active - (spunMs - this.#spunMs)) / Math.max(1, elapsedMs), 3),
      latenessUs: lateness,
    };
  }
}

// "" if it was not.
export function limitReason(cost: GeneratorCost, loop: LoadLoop): string {
  const percent = Math.round(cost.busyShare * 100);
  if (cost.busyShare > BUSY_SHARE_MAX) {
    return `The generator was busy ${percent} % of the time, at most 90 % would be right`;
  }
  if (loop.kind === "closed") return "";
  const mostUs = LATENESS_P99_MAX_US[loop.pacing];
  const lateUs = cost.latenessUs.p99;
  if (lateUs <= mostUs) return "";
  return `The generator was ${lateUs} us late (p99), at most ${mostUs} us would be right`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
