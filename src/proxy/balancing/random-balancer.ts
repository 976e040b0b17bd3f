// Hot path.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { firstGood } from "./first-good.ts";

export class RandomBalancer implements Balancer {
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
    const count = this.#endpoints.length;
    if (count < 2) return count - 1;
    const wanted = Math.floor(random() * count);
    return firstGood(this.#endpoints, wanted, nowMs, random, tried);
  }
}
