// What the answer to a key is about.

import type { OutboundPlan } from "#snapshot/plan.ts";

const CLUSTER = ".svc.cluster.local";

// Some document does; else it is passed through, or refused.
export function isDeclared(plan: OutboundPlan | undefined): boolean {
  return plan !== undefined && plan.scope.namespace !== "";
}

// A host of a document, which no service of a cluster is.
export function isOutsideHost(plan: OutboundPlan | undefined): boolean {
  return plan !== undefined && isDeclared(plan) && !plan.scope.host.endsWith(CLUSTER);
}
