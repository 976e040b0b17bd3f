// Hot path.
//
// What the mesh does by itself, as a balancer: for policies that say more than which endpoint.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { pickTwo } from "./pick-two.ts";

export class PeakEwma implements Balancer {
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
    return pickTwo(this.#endpoints, nowMs, random, tried);
  }
}
