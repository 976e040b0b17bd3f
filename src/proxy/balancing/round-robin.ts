// Hot path.
//
// One after the other. Begins anywhere, so that a crowd of proxies does not go in step.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { firstGood } from "./first-good.ts";

export class RoundRobin implements Balancer {
  readonly #endpoints: readonly Loaded[];
  #next = -1;

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
    if (this.#next < 0) this.#next = Math.floor(random() * count);
    const wanted = this.#next;
    this.#next = (wanted + 1) % count;
    return firstGood(this.#endpoints, wanted, nowMs, random, tried);
  }
}
