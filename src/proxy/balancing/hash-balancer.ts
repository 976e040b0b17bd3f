// Hot path.
//
// Requests that are alike go to the same endpoint, as long as that is good; else to the next one on
// the ring or in the table, which is the same for all of them. Those that lack what they would be
// told by go to the cheaper of two, unless it is a cookie that we may set.

import type { Random } from "#base/random.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { HashKeyPlan } from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { hashText } from "./hash-text.ts";
import { isGood } from "./is-good.ts";
import { keyHash } from "./key-hash.ts";
import { locate, type OwnerTable } from "./owner-table.ts";
import { pickTwo } from "./pick-two.ts";

// Further on, any endpoint will do.
const STEPS_MAX = 256;
const VALUE_MOST = 2 ** 48;

export class HashBalancer implements Balancer {
  readonly #endpoints: readonly Loaded[];
  readonly #by: HashKeyPlan;
  readonly #table: OwnerTable;
  readonly #sourceOf: (head: RequestHead) => string;
  // For a cookie that was made for the last pick; "" for none.
  #made = "";

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
    this.#made = "";
    const endpoints = this.#endpoints;
    if (endpoints.length === 0) return -1;
    const hash = this.#hashOf(head, random);
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

  answerHeaders(): Headers | undefined {
    if (this.#made === "" || this.#by.kind !== "cookie") return undefined;
    const { name, path, lifeMs = 0, attributes = [] } = this.#by;
    const life = lifeMs > 0 ? `; Max-Age=${Math.ceil(lifeMs / 1000)}` : "";
    const where = path === "" ? "" : `; Path=${path}`;
    const others = attributes.map((attribute) => `; ${attribute}`).join("");
    return ["set-cookie", `${name}=${this.#made}${life}${where}; HttpOnly${others}`];
  }

  #hashOf(head: RequestHead, random: Random): number {
    const by = this.#by;
    const hash = keyHash(by, head, this.#sourceOf);
    if (hash >= 0 || by.kind !== "cookie" || by.lifeMs === undefined) return hash;
    this.#made = Math.floor(random() * VALUE_MOST)
      .toString(16)
      .padStart(12, "0");
    return hashText(this.#made);
  }
}
