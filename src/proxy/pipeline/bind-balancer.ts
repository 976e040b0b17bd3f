// A backend's balancer, where a document wants one.

import type { Balancer } from "#proxy/balancing/balancer.ts";
import { balancerFor } from "#proxy/balancing/balancer-for.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { BackendPlan } from "#snapshot/plan.ts";
import type { Endpoint } from "./endpoint.ts";
import { endpointKey } from "./endpoint-key.ts";

// One for all routes: its turn and its tables are the backend's.
export function bindBalancer(
  backend: BackendPlan,
  endpoints: readonly Endpoint[],
  sourceOf: (head: RequestHead) => string,
): Balancer | undefined {
  if (backend.kind !== "endpoints" || !backend.policy?.balancer) return undefined;
  const keys = backend.endpoints.map(endpointKey);
  return balancerFor(backend.policy.balancer, endpoints, keys, sourceOf);
}
