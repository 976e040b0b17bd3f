// Hot path.
//
// Endpoints in groups, near and far. How much each group gets is worked out now and then, from how
// many of its endpoints are well, as Envoy does it; a request draws its group, and where that has
// no good endpoint for it, gets the first other one that has.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import type { BalancerGroup } from "./balancer-group.ts";

// Counting endpoints for each request would cost more than all the rest.
const LOOK_EVERY_MS = 10;

// "tiers": the first as far as it is well, then the next. "shares": by weight.
export type GroupKind = "tiers" | "shares";

export class GroupedBalancer implements Balancer {
  readonly #kind: GroupKind;
  readonly #groups: readonly BalancerGroup[];
  // In [0, 1): the same for requests that belong to one endpoint.
  readonly #drawFor: (head: RequestHead, random: Random) => number;
  // What the groups get, added up from the first on.
  readonly #loads: number[];
  #nextLookMs = Number.NEGATIVE_INFINITY;

  // One group at least.
  constructor(
    kind: GroupKind,
    groups: readonly BalancerGroup[],
    drawFor: (head: RequestHead, random: Random) => number,
  ) {
    this.#kind = kind;
    this.#groups = groups;
    this.#drawFor = drawFor;
    this.#loads = groups.map(() => 1);
  }

  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number {
    if (nowMs >= this.#nextLookMs) this.#look(nowMs);
    const drawn = this.#draw(head, random);
    const place = this.#groups[drawn]!.pick(head, nowMs, random, tried);
    if (place >= 0) return place;
    for (let i = 0; i < this.#groups.length; i++) {
      if (i === drawn) continue;
      const other = this.#groups[i]!.pick(head, nowMs, random, tried);
      if (other >= 0) return other;
    }
    return -1 - place;
  }

  #draw(head: RequestHead, random: Random): number {
    const loads = this.#loads;
    if (loads[0] === 1) return 0;
    const draw = this.#drawFor(head, random);
    let at = 0;
    while (at < loads.length - 1 && draw >= loads[at]!) at++;
    return at;
  }

  #look(nowMs: number): void {
    this.#nextLookMs = nowMs + LOOK_EVERY_MS;
    const isTiers = this.#kind === "tiers";
    let total = 0;
    for (let i = 0; i < this.#groups.length; i++) {
      const group = this.#groups[i]!;
      total += group.weight * group.strength(nowMs);
    }
    // Nobody is well: then as if all were.
    const isPanicking = total === 0;
    // All tiers together are never more than enough, and shares are relative.
    const scale = isTiers ? Math.min(1, total) : total;
    let sum = 0;
    for (let i = 0; i < this.#groups.length; i++) {
      const group = this.#groups[i]!;
      if (isPanicking) sum += isTiers ? 1 : group.weight / this.#weights();
      else sum += (group.weight * group.strength(nowMs)) / scale;
      this.#loads[i] = Math.min(1, sum);
    }
  }

  #weights(): number {
    let total = 0;
    for (let i = 0; i < this.#groups.length; i++) total += this.#groups[i]!.weight;
    return total;
  }
}
