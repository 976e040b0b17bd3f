// What of a running workload a new order touches. Where it is written in its document is no reason
// to restart anything.

import type { WorkloadOrder } from "#main/bootstrap.ts";

export type OrderChange = "nothing" | "application" | "everything";

export function orderChange(before: WorkloadOrder, after: WorkloadOrder): OrderChange {
  if (sidecarPart(before) !== sidecarPart(after)) return "everything";
  return applicationPart(before) === applicationPart(after) ? "nothing" : "application";
}

function sidecarPart(order: WorkloadOrder): string {
  const { identity, serviceAccount, ports, readiness } = order;
  // It listens for each of them.
  const overTcp = order.dependencies.filter(({ protocol }) => protocol === "tcp");
  return JSON.stringify([identity, serviceAccount, ports, readiness, overTcp]);
}

function applicationPart(order: WorkloadOrder): string {
  const { command, workingFolder, environment, dependencies } = order;
  return JSON.stringify([command, workingFolder, environment, dependencies]);
}
