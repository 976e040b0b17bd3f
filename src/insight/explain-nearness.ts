// Near and far endpoints, as the caller's own proxy tells them apart.

import type { ExplainedNearness } from "#api/explained-nearness.ts";
import { localityGroups, withinReach } from "#decision/locality-groups.ts";
import type { PlacePlan } from "#snapshot/locality-plan.ts";
import type { EndpointPlan, EndpointsBackendPlan } from "#snapshot/plan.ts";

// Undefined where no document or default prefers any. `caller`: where it is, as far as known.
export function explainNearness(
  backend: EndpointsBackendPlan,
  caller: PlacePlan,
): ExplainedNearness | undefined {
  const { policy, endpoints } = backend;
  if (!policy?.locality && !policy?.isNodeLocal) return undefined;
  const reached = withinReach(backend, caller);
  const found = localityGroups(reached, caller);
  const groups = found?.groups ?? [];
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const { region, zone, subzone } = caller;
  return {
    caller: [region, zone, subzone].filter((part) => part !== "").join("/"),
    kind: found?.kind ?? "any",
    groups: groups.map(({ members, weight }) => ({
      percent: found?.kind === "shares" ? Math.round((10_000 * weight) / total) / 100 : null,
      workloads: members.map((at) => nameOf(reached.endpoints[at]!)),
    })),
    outOfReach: endpoints.filter((each) => !reached.endpoints.includes(each)).map(nameOf),
    isNodeLocal: policy.isNodeLocal === true,
  };
}

function nameOf({ workload }: EndpointPlan): string {
  return `${workload.namespace}/${workload.name}`;
}
