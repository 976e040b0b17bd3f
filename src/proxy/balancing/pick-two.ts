// Hot path.
//
// The power of two choices: of two endpoints taken at random, the one with less cost. Nearly as
// even as asking all of them, at the price of two; and a crowd of proxies does not stampede to the
// same best one.

import type { Random } from "#base/random.ts";
import type { Loaded } from "./balancer.ts";
import { isGood } from "./is-good.ts";

// `tried`: has failed this request already, or undefined. Endpoints that were unreachable a moment
// ago and those tried are taken only where nothing else is left. -1 for an empty set.
export function pickTwo(
  endpoints: readonly Loaded[],
  nowMs: number,
  random: Random,
  tried: readonly Loaded[] | undefined,
): number {
  const count = endpoints.length;
  if (count < 2) return count - 1;
  const first = Math.floor(random() * count);
  let second = Math.floor(random() * (count - 1));
  if (second >= first) second++;
  const better =
    endpoints[first]!.load.cost(nowMs) <= endpoints[second]!.load.cost(nowMs) ? first : second;
  const other = better === first ? second : first;
  if (isGood(endpoints[better]!, nowMs, tried)) return better;
  if (isGood(endpoints[other]!, nowMs, tried)) return other;
  for (let i = 0; i < count; i++) {
    const at = (other + i) % count;
    if (isGood(endpoints[at]!, nowMs, tried)) return at;
  }
  return better;
}
