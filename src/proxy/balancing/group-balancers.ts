// Balancers for endpoints near and far: one for each group, and one that draws the group.

import type { Random } from "#base/random.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { BalancerPlan } from "#snapshot/destination-policy-plan.ts";
import type { Balancer, Loaded } from "./balancer.ts";
import { balancerFor, setsCookie } from "./balancer-for.ts";
import { BalancerGroup } from "./balancer-group.ts";
import { CookieBalancer } from "./cookie-balancer.ts";
import { GroupedBalancer, type GroupKind } from "./grouped-balancer.ts";
import { keyHash } from "./key-hash.ts";

// The mesh's own way.
const PLAIN: BalancerPlan = { kind: "peak-ewma" };

export type Grouping = {
  readonly kind: GroupKind;
  readonly groups: readonly { readonly members: readonly number[]; readonly weight: number }[];
};

// As `balancerFor`, for each group.
export function groupBalancers(
  plan: BalancerPlan = PLAIN,
  endpoints: readonly Loaded[],
  keys: readonly string[],
  sourceOf: (head: RequestHead) => string,
  { kind, groups }: Grouping,
): Balancer {
  const inGroup = withoutLife(plan);
  const made = groups.map(({ members, weight }) => {
    const own = members.map((at) => endpoints[at]!);
    const ownKeys = members.map((at) => keys[at]!);
    return new BalancerGroup(own, members, balancerFor(inGroup, own, ownKeys, sourceOf), weight);
  });
  const grouped = new GroupedBalancer(kind, made, drawFor(plan, sourceOf));
  const isSetting = plan.kind === "hash" && setsCookie(plan.by);
  return isSetting ? new CookieBalancer(grouped, plan.by) : grouped;
}

// The cookie that is set decides on the group, too.
function withoutLife(plan: BalancerPlan): BalancerPlan {
  if (plan.kind !== "hash" || !setsCookie(plan.by)) return plan;
  const { lifeMs: _, ...by } = plan.by;
  return { ...plan, by };
}

const HASHES = 2 ** 32;

// Requests that are alike draw the same group. Their hash is stirred anew: within the group it
// chooses the endpoint, and the two must not depend on each other.
function drawFor(plan: BalancerPlan, sourceOf: (head: RequestHead) => string) {
  if (plan.kind !== "hash") return (_head: RequestHead, random: Random): number => random();
  return (head: RequestHead, random: Random): number => {
    const hash = keyHash(plan.by, head, sourceOf);
    return hash < 0 ? random() : (Math.imul(hash ^ 0x9e3779b9, 0x85ebca6b) >>> 0) / HASHES;
  };
}
