// Servers for simulations.

import type { Random } from "#base/random.ts";
import type { Server } from "./simulator.ts";

// A latency whose logarithm is normal: most are near the median, few much longer.
export function waiting(medianMs: number, sigma: number): Server {
  return { answersAtMs: (nowMs, random) => nowMs + medianMs * Math.exp(sigma * normal(random)) };
}

// Another one from one time to another.
export function during(usual: Server, fromMs: number, toMs: number, other: Server): Server {
  return {
    answersAtMs(nowMs, random) {
      return (nowMs >= fromMs && nowMs < toMs ? other : usual).answersAtMs(nowMs, random);
    },
  };
}

// Always the same.
export function fixed(latencyMs: number): Server {
  return { answersAtMs: (nowMs) => nowMs + latencyMs };
}

// One core, that does one request after the other. Times are exponential.
export function busy(meanMs: number): Server {
  let freeAtMs = 0;
  return {
    answersAtMs(nowMs, random) {
      freeAtMs = Math.max(freeAtMs, nowMs) - Math.log(1 - random()) * meanMs;
      return freeAtMs;
    },
  };
}

// Box and Muller's.
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
