// How a port of a service is called. Istio's precedence: what a port says for itself is all that
// holds there, nothing is inherited; and of a subset each part wins over the service's.

import type { DestinationPolicy, PortedPolicy } from "#ir/destination-policy.ts";
import type { Service, Subset } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { DestinationPolicyPlan } from "#snapshot/destination-policy-plan.ts";
import type { Catalog } from "./catalog.ts";

const STICKY: DestinationPolicy = {
  balancer: { kind: "hash", by: { kind: "source" }, table: { kind: "ring", pointsMin: 1024 } },
};

// Undefined: the mesh's own way.
export function destinationPolicy(
  { policyOf }: Catalog,
  service: Service,
  port: number,
  subset: Subset | undefined,
): DestinationPolicyPlan | undefined {
  const merged: DestinationPolicy = {
    ...(service.isSticky && STICKY),
    ...atPort(policyOf.get(nameKey(service)), port),
    ...atPort(subset?.policy, port),
  };
  return Object.keys(merged).length === 0 ? undefined : merged;
}

function atPort(policy: PortedPolicy | undefined, port: number): DestinationPolicy {
  const { ports = [], ...own } = policy ?? {};
  return ports.find((each) => each.port === port)?.policy ?? own;
}
