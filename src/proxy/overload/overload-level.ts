// How hard pressed a process is, and what it gives up for that: a pure function of samples.
//
// A level is entered at once and left step by step, and only when the pressure has fallen well
// below where it was entered: a level that relieves the pressure must not end itself.

import { LIMITS } from "#base/limits.ts";
import type { OverloadSample } from "./overload-sample.ts";

// Each gives up what those before it do, too.
export const OVERLOAD_LEVELS = [
  "normal",
  "idle-shortened",
  "keep-alive-off",
  "refusing",
  "closed",
] as const;

// The index of one of them.
export type OverloadLevel = 0 | 1 | 2 | 3 | 4;

export type OverloadResource = "heap" | "memory" | "descriptors" | "loop";

// Shares of what there is; 1 is the end.
export type Pressures = Readonly<Record<OverloadResource, number>>;

const ENTERED_AT: readonly number[] = [
  LIMITS.overloadIdleRatio,
  LIMITS.overloadKeepAliveRatio,
  LIMITS.overloadRefuseRatio,
  LIMITS.overloadCloseRatio,
];

// A slow event loop ends no process: it refuses work, and goes on accepting.
const LOOP_PRESSURE_MAX = (LIMITS.overloadRefuseRatio + LIMITS.overloadCloseRatio) / 2;

// `loopDelayMs`: see LoopDelays.
export function pressuresOf(sample: OverloadSample, loopDelayMs: number): Pressures {
  return {
    heap: sample.heapBytes / sample.heapBytesMax,
    memory: sample.memoryBytes / sample.memoryBytesMax,
    descriptors: sample.descriptors / sample.descriptorsMax,
    loop: Math.min(loopDelayMs / LIMITS.loopDelayMaxMs, LOOP_PRESSURE_MAX),
  };
}

// The resource that is nearest to its end.
export function worstOf(pressures: Pressures): OverloadResource {
  let worst: OverloadResource = "heap";
  for (const resource of ["memory", "descriptors", "loop"] as const) {
    if (pressures[resource] > pressures[worst]) worst = resource;
  }
  return worst;
}

export function nextLevel(level: OverloadLevel, pressure: number): OverloadLevel {
  const entered = ENTERED_AT.filter((at) => pressure >= at).length as OverloadLevel;
  if (entered >= level) return entered;
  const isRelieved = pressure < ENTERED_AT[level - 1]! - LIMITS.overloadReliefRatio;
  return isRelieved ? ((level - 1) as OverloadLevel) : level;
}
