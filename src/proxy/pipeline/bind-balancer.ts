// A backend's balancer, where a document wants one.

import { localityGroups } from "#decision/locality-groups.ts";
import type { Balancer } from "#proxy/balancing/balancer.ts";
import { balancerFor } from "#proxy/balancing/balancer-for.ts";
import { groupBalancers } from "#proxy/balancing/group-balancers.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { PlacePlan } from "#snapshot/locality-plan.ts";
import type { BackendPlan } from "#snapshot/plan.ts";
import type { Endpoint } from "./endpoint.ts";
import { endpointKey } from "./endpoint-key.ts";

// One for all routes: its turn and its tables are the backend's. `place`: where we are.
export function bindBalancer(
  backend: BackendPlan,
  endpoints: readonly Endpoint[],
  sourceOf: (head: RequestHead) => string,
  place: PlacePlan | undefined,
): Balancer | undefined {
  if (backend.kind !== "endpoints" || !backend.policy) return undefined;
  const { balancer } = backend.policy;
  const groups = localityGroups(backend, place);
  if (!balancer && !groups) return undefined;
  const keys = backend.endpoints.map(endpointKey);
  if (groups) return groupBalancers(balancer, endpoints, keys, sourceOf, groups);
  return balancer && balancerFor(balancer, endpoints, keys, sourceOf);
}
