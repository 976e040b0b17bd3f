// The workload whose proxy we are, as far as our settings know it.

import type { WorkloadPlan } from "#snapshot/plan.ts";
import type { ProxySettings } from "./proxy-settings.ts";

export function ownWorkload({ workload }: Pick<ProxySettings, "workload">): WorkloadPlan {
  const { namespace, name } = workload;
  return { namespace, name, serviceAccount: "", app: name, version: "" };
}
