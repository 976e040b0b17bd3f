// Hot path.
//
// Sticky by a cookie that we set: a request without it is picked for as if it bore the one that its
// answer sets, so that those after it get where it has been, in the same group of endpoints too.

import type { Random } from "#base/random.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { HashKeyPlan } from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { cookieHash } from "./request-hash.ts";

export type CookieKeyPlan = Extract<HashKeyPlan, { readonly kind: "cookie" }>;

const VALUE_MOST = 2 ** 48;

export class CookieBalancer implements Balancer {
  readonly #inner: Balancer;
  readonly #by: CookieKeyPlan;
  // For the last pick; "" for none.
  #made = "";

  constructor(inner: Balancer, by: CookieKeyPlan) {
    this.#inner = inner;
    this.#by = by;
  }

  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Loaded[] | undefined,
  ): number {
    const { name } = this.#by;
    this.#made = "";
    if (cookieHash(head, name) >= 0) return this.#inner.pick(head, nowMs, random, tried);
    this.#made = Math.floor(random() * VALUE_MOST)
      .toString(16)
      .padStart(12, "0");
    const headers = [...head.headers, "cookie", `${name}=${this.#made}`];
    return this.#inner.pick({ ...head, headers }, nowMs, random, tried);
  }

  answerHeaders(): Headers | undefined {
    if (this.#made === "") return undefined;
    const { name, path, lifeMs = 0, attributes = [] } = this.#by;
    const life = lifeMs > 0 ? `; Max-Age=${Math.ceil(lifeMs / 1000)}` : "";
    const where = path === "" ? "" : `; Path=${path}`;
    const others = attributes.map((attribute) => `; ${attribute}`).join("");
    return ["set-cookie", `${name}=${this.#made}${life}${where}; HttpOnly${others}`];
  }
}
