// Kubernetes refuses a pod whose container requests more than its limit. Who sets one of the two
// means the other one to follow.

import { parseQuantity } from "./parse-quantity.ts";
import type { ProxyResources } from "./proxy-options.ts";

export type CheckedResources = {
  readonly resources: ProxyResources;
  readonly warnings: readonly string[];
};

export function checkedResources(
  { requests, limits }: ProxyResources,
  defaults: ProxyResources,
): CheckedResources {
  const warnings: string[] = [];
  const right = { requests: { ...requests }, limits: { ...limits } };
  for (const resource of ["cpu", "memory"] as const) {
    const request = requests[resource];
    const limit = limits[resource];
    if (request === undefined || limit === undefined) continue;
    if ((parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) continue;
    if (limit === defaults.limits[resource]) right.limits[resource] = request;
    else {
      right.requests[resource] = limit;
      if (request !== defaults.requests[resource]) {
        const what = `The proxy's request of ${resource}, ${request}, is more than its limit`;
        warnings.push(`${what}, ${limit}: it is lowered to that`);
      }
    }
  }
  return { resources: right, warnings };
}
