// The workload that somebody means by "bookshop/web", "web.bookshop" or "web".

import { nearestName } from "#ir/nearest-name.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

export type FoundSource =
  | { readonly kind: "found"; readonly workload: WorkloadPlan }
  | { readonly kind: "missing"; readonly message: string; readonly remedy: string };

export function findSource({ workloads }: Snapshot, from: string): FoundSource {
  const exact = workloads.get(from) ?? workloads.get(from.split(".").reverse().join("/"));
  if (exact) return { kind: "found", workload: exact };
  const named = [...workloads.values()].filter(({ name }) => name === from);
  const [only, ...others] = named;
  if (only && others.length === 0) return { kind: "found", workload: only };
  const keys = named.map(({ namespace, name }) => `${namespace}/${name}`);
  if (only) {
    const message = `"${from}" may be any of the workloads ${keys.join(", ")}`;
    return { kind: "missing", message, remedy: "Say which, with its namespace." };
  }
  return {
    kind: "missing",
    message: `There is no workload "${from}"`,
    remedy: remedy(workloads, from),
  };
}

function remedy(workloads: Snapshot["workloads"], from: string): string {
  const names = from.includes("/") ? workloads.keys() : namesOf(workloads);
  const near = nearestName(from, names);
  if (near !== undefined) return `Did you mean ${near}?`;
  return "See `weft get workload` for those that there are.";
}

function namesOf(workloads: Snapshot["workloads"]): string[] {
  return [...workloads.values()].map(({ name }) => name);
}
