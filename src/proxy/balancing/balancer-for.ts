// A plan's balancer over a backend's endpoints.

import type { RequestHead } from "#proxy/exchange/heads.ts";
import type {
  BalancerPlan,
  HashKeyPlan,
  HashTablePlan,
  SpreadingBalancerPlan,
} from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { CookieBalancer, type CookieKeyPlan } from "./cookie-balancer.ts";
import { HashBalancer } from "./hash-balancer.ts";
import { hashRing } from "./hash-ring.ts";
import { LeastRequest } from "./least-request.ts";
import { maglevTable } from "./maglev-table.ts";
import type { OwnerTable } from "./owner-table.ts";
import { PeakEwma } from "./peak-ewma.ts";
import { RandomBalancer } from "./random-balancer.ts";
import { RoundRobin } from "./round-robin.ts";
import { WarmingBalancer } from "./warming-balancer.ts";

// `keys`: what endpoints are told apart by, in their order. `sourceOf`: who sends a request.
export function balancerFor(
  plan: BalancerPlan,
  endpoints: readonly Loaded[],
  keys: readonly string[],
  sourceOf: (head: RequestHead) => string,
): Balancer {
  if (plan.kind === "hash") {
    const { by, table } = plan;
    const balancer = new HashBalancer(endpoints, by, tableFor(table, keys), sourceOf);
    return setsCookie(by) ? new CookieBalancer(balancer, by) : balancer;
  }
  const balancer = spreading(plan, endpoints);
  return plan.warmUp ? new WarmingBalancer(balancer, endpoints, plan.warmUp) : balancer;
}

// One without a life is the application's own.
export function setsCookie(by: HashKeyPlan): by is CookieKeyPlan {
  return by.kind === "cookie" && by.lifeMs !== undefined;
}

function tableFor(plan: HashTablePlan, keys: readonly string[]): OwnerTable {
  return plan.kind === "ring" ? hashRing(keys, plan.pointsMin) : maglevTable(keys, plan.slots);
}

function spreading({ kind }: SpreadingBalancerPlan, endpoints: readonly Loaded[]): Balancer {
  switch (kind) {
    case "round-robin":
      return new RoundRobin(endpoints);
    case "random":
      return new RandomBalancer(endpoints);
    case "least-request":
      return new LeastRequest(endpoints);
    case "peak-ewma":
      return new PeakEwma(endpoints);
  }
}
