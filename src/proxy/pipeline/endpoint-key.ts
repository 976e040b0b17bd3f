// What tells one endpoint from another.

import type { EndpointPlan } from "#snapshot/plan.ts";

// Two ports of one workload share its connections; another identity at the same address does not.
export function endpointKey(plan: EndpointPlan): string {
  const { speaks, address, port } = plan;
  if (speaks === "plaintext") {
    const named = plan.isNamed ? " by name" : "";
    return `${address}:${port} plaintext${named}${plan.tls ? JSON.stringify(plan.tls) : ""}`;
  }
  const proxy = `${address}:${plan.meshPort} ${plan.identity}`;
  return speaks === "weft" ? proxy : `${proxy} ${port}`;
}
