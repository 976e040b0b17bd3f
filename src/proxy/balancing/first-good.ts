// Hot path.

import type { Random } from "#base/random.ts";
import type { Loaded } from "./balancer.ts";
import { isGood } from "./is-good.ts";

// `wanted` if that is good; else a good one from a random place on, so that what a bad one leaves
// does not all fall on its neighbour.
export function firstGood(
  endpoints: readonly Loaded[],
  wanted: number,
  nowMs: number,
  random: Random,
  tried: readonly Loaded[] | undefined,
): number {
  if (isGood(endpoints[wanted]!, nowMs, tried)) return wanted;
  const from = Math.floor(random() * endpoints.length);
  for (let i = 0; i < endpoints.length; i++) {
    const at = (from + i) % endpoints.length;
    if (isGood(endpoints[at]!, nowMs, tried)) return at;
  }
  return wanted;
}
