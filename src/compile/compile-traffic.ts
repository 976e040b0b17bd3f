// What a rule wants of its requests, as its plan has it. Mirrors name backends of the plan.

import type { RouteTraffic } from "#ir/route-traffic.ts";
import type { RouteTrafficPlan } from "#snapshot/route-traffic-plan.ts";
import type { BackendTable } from "./backend-table.ts";

export function compileTraffic(
  traffic: RouteTraffic | undefined,
  table: BackendTable,
): { readonly traffic?: RouteTrafficPlan } {
  if (!traffic) return {};
  const { mirrors, ...others } = traffic;
  if (!mirrors) return { traffic: others };
  const plans = mirrors.map(({ backend, share, marksAuthority }) => {
    return { backend: table.indexOf(backend), share, marksAuthority };
  });
  return { traffic: { ...others, mirrors: plans } };
}
