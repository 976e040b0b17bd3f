// Who a workload is, for metrics and logs.

import type { Workload } from "#ir/model.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";

export function workloadPlan(workload: Workload): WorkloadPlan {
  const { namespace, serviceAccount, labels, controller: name = workload.name } = workload;
  const app = labels.get("app") ?? name;
  return { namespace, name, serviceAccount, app, version: labels.get("version") ?? "" };
}
