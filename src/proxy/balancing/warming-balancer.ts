// Hot path.
//
// Slow start: an endpoint that is new gives most of what it is picked for to another pick, until it
// has warmed up. Going on until somebody takes it makes shares what weights would make them. Where
// all are new, the last pick is as good as the first, and shares are equal.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { WarmUpPlan } from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";

// A single warm one among two is missed by all of them once in 250 times.
const PICKS_MAX = 8;

export class WarmingBalancer implements Balancer {
  readonly #inner: Balancer;
  readonly #endpoints: readonly Loaded[];
  readonly #plan: WarmUpPlan;

  constructor(inner: Balancer, endpoints: readonly Loaded[], plan: WarmUpPlan) {
    this.#inner = inner;
    this.#endpoints = endpoints;
    this.#plan = plan;
  }

  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number {
    let at = -1;
    for (let i = 0; i < PICKS_MAX; i++) {
      at = this.#inner.pick(head, nowMs, random, tried);
      const share = at < 0 ? 1 : this.#share(this.#endpoints[at]!, nowMs);
      if (share >= 1 || random() < share) return at;
    }
    return at;
  }

  // Of a full one.
  #share({ health }: Loaded, nowMs: number): number {
    const { durationMs, percentMin, aggression } = this.#plan;
    if (health === undefined || nowMs >= health.sinceMs + durationMs) return 1;
    const grown = Math.max(0, nowMs - health.sinceMs) / durationMs;
    return Math.max(percentMin / 100, aggression === 1 ? grown : grown ** (1 / aggression));
  }
}
