// The whole mesh compiled at one revision. Exists only in the control plane; proxies get plans.

import type { InboundPlan, OutboundPlan, WorkloadPlan } from "./plan.ts";

export type Snapshot = {
  readonly revision: number;
  readonly trustDomain: string;
  readonly certificateLifeMs: number;
  // By "namespace/name/port". One plan per service port; per consumer namespace where a consumer
  // route makes it differ: then by "namespace/name/port@consumer".
  readonly outbound: ReadonlyMap<string, OutboundPlan>;
  // By "namespace/name" of the workload.
  readonly inbound: ReadonlyMap<string, InboundPlan>;
  readonly workloads: ReadonlyMap<string, WorkloadPlan>;
};
