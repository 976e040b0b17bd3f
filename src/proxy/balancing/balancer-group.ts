// Hot path.
//
// Endpoints that are picked among by themselves, as near ones are: their own balancer, and how many
// of them are well.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { isGood } from "./is-good.ts";

// Envoy's overprovisioning factor: with 72 % of its endpoints well, a group counts as whole.
const SPARE = 1.4;

export class BalancerGroup {
  readonly balancer: Balancer;
  readonly weight: number;
  readonly #endpoints: readonly Loaded[];
  readonly #places: readonly number[];

  // `places`: of these endpoints among all of the backend's.
  constructor(
    endpoints: readonly Loaded[],
    places: readonly number[],
    balancer: Balancer,
    weight: number,
  ) {
    this.#endpoints = endpoints;
    this.#places = places;
    this.balancer = balancer;
    this.weight = weight;
  }

  // As a balancer's, if that endpoint is good; else -1 - place.
  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number {
    const at = this.balancer.pick(head, nowMs, random, tried);
    const place = this.#places[at]!;
    return isGood(this.#endpoints[at]!, nowMs, tried) ? place : -1 - place;
  }

  // How much of its full load it can take, 0 to 1.
  strength(nowMs: number): number {
    const endpoints = this.#endpoints;
    let well = 0;
    for (let i = 0; i < endpoints.length; i++) {
      if (!endpoints[i]!.health?.isEjected(nowMs)) well++;
    }
    return Math.min(1, (SPARE * well) / endpoints.length);
  }
}
