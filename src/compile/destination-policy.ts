// How a port of a service is called. Istio's precedence: what a port says for itself is all that
// holds there, nothing is inherited; and of a subset each part wins over the service's.

import type {
  Balancer,
  DestinationPolicy,
  PortedPolicy,
  TlsOrigination,
} from "#ir/destination-policy.ts";
import type { Service, Subset } from "#ir/model.ts";
import type { BalancerPlan, DestinationPolicyPlan } from "#snapshot/destination-policy-plan.ts";
import type { Catalog } from "./catalog.ts";
import type { RulesInForce } from "./destination-rules.ts";
import { localityPlan } from "./locality-plan.ts";

const STICKY: DestinationPolicy = {
  balancer: { kind: "hash", by: { kind: "source" }, table: { kind: "ring", pointsMin: 1024 } },
};

export type WantedPolicy = {
  // Undefined: the mesh's own way.
  readonly policy: DestinationPolicyPlan | undefined;
  readonly tls: TlsOrigination | undefined;
};

export function destinationPolicy(
  catalog: Catalog,
  { policy }: Pick<RulesInForce, "policy">,
  service: Service,
  port: number,
  subset: Subset | undefined,
): WantedPolicy {
  const merged: DestinationPolicy = {
    ...(service.isSticky && STICKY),
    ...atPort(policy, port),
    ...atPort(subset?.policy, port),
  };
  const { balancer, tls, ...others } = merged;
  const locality = localityPlan(catalog, service, merged);
  const plan: DestinationPolicyPlan = {
    ...(balancer && { balancer: withoutLocality(balancer) }),
    ...others,
    ...(locality && { locality }),
    ...(service.isNodeLocal && { isNodeLocal: true }),
  };
  return { tls, policy: Object.keys(plan).length === 0 ? undefined : plan };
}

function withoutLocality({ locality: _, ...balancer }: Balancer): BalancerPlan {
  return balancer;
}

function atPort(policy: PortedPolicy | undefined, port: number): DestinationPolicy {
  const { ports = [], ...own } = policy ?? {};
  return ports.find((each) => each.port === port)?.policy ?? own;
}
