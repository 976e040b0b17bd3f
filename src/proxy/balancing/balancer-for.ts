// A plan's balancer over a backend's endpoints.

import type { RequestHead } from "#proxy/exchange/heads.ts";
import type {
  BalancerPlan,
  HashTablePlan,
  SpreadingBalancerPlan,
} from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";
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
    return new HashBalancer(endpoints, plan.by, tableFor(plan.table, keys), sourceOf);
  }
  const balancer = spreading(plan, endpoints);
  return plan.warmUp ? new WarmingBalancer(balancer, endpoints, plan.warmUp) : balancer;
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
