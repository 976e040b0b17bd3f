// Hot path.
//
// Of two endpoints taken at random, the one with fewer requests in flight.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { firstGood } from "./first-good.ts";
import { isGood } from "./is-good.ts";

export class LeastRequest implements Balancer {
  readonly #endpoints: readonly Loaded[];

  constructor(endpoints: readonly Loaded[]) {
    this.#endpoints = endpoints;
  }

  pick(
    _head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number {
    const endpoints = this.#endpoints;
    const count = endpoints.length;
    if (count < 2) return count - 1;
    const first = Math.floor(random() * count);
    let second = Math.floor(random() * (count - 1));
    if (second >= first) second++;
    const isFirst = endpoints[first]!.load.inFlight <= endpoints[second]!.load.inFlight;
    const other = isFirst ? second : first;
    const better = isFirst ? first : second;
    if (!isGood(endpoints[better]!, nowMs, tried) && isGood(endpoints[other]!, nowMs, tried)) {
      return other;
    }
    return firstGood(endpoints, better, nowMs, random, tried);
  }
}
