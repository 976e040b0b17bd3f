// Hot path.
//
// Requests that are alike go to the same endpoint, as long as that is good; else to the next one on
// the ring or in the table, which is the same for all of them. Those that lack what they would be
// told by go to the cheaper of two.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { HashKeyPlan } from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { isGood } from "./is-good.ts";
import { keyHash } from "./key-hash.ts";
import { locate, type OwnerTable } from "./owner-table.ts";
import { pickTwo } from "./pick-two.ts";

// Further on, any endpoint will do.
const STEPS_MAX = 256;

export class HashBalancer implements Balancer {
  readonly #endpoints: readonly Loaded[];
  readonly #by: HashKeyPlan;
  readonly #table: OwnerTable;
  readonly #sourceOf: (head: RequestHead) => string;

  constructor(
    endpoints: readonly Loaded[],
    by: HashKeyPlan,
    table: OwnerTable,
    sourceOf: (head: RequestHead) => string,
  ) {
    this.#endpoints = endpoints;
    this.#by = by;
    this.#table = table;
    this.#sourceOf = sourceOf;
  }

  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number {
    const endpoints = this.#endpoints;
    if (endpoints.length === 0) return -1;
    const hash = keyHash(this.#by, head, this.#sourceOf);
    if (hash < 0) return pickTwo(endpoints, nowMs, random, tried);
    const { owners } = this.#table;
    const first = locate(this.#table, hash);
    const steps = Math.min(STEPS_MAX, owners.length);
    for (let i = 0; i < steps; i++) {
      const at = owners[(first + i) % owners.length]!;
      if (isGood(endpoints[at]!, nowMs, tried)) return at;
    }
    return pickTwo(endpoints, nowMs, random, tried);
  }
}
