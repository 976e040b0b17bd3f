// What the mesh would do after a change of its documents, beside what it does now: which services
// would be called otherwise, and which workloads told otherwise.

import type { ChangeKind, ServiceChange, WorkloadChange } from "#api/documents.ts";
import { compareText } from "#compile/compare.ts";
import type { BackendPlan, InboundPlan, OutboundPlan, RoutePlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

export type SnapshotChanges = {
  readonly services: readonly ServiceChange[];
  readonly workloads: readonly WorkloadChange[];
};

export function previewChanges(now: Snapshot, then: Snapshot): SnapshotChanges {
  return {
    services: differences(now.outbound, then.outbound).flatMap(([, before, after]) => {
      const { scope, id } = (after ?? before)!;
      if (scope.namespace === "") return [];
      const { namespace, name, port } = scope;
      const callers = id.includes("@") ? id.slice(id.indexOf("@") + 1) : null;
      const lines = { before: ruleLines(before), after: ruleLines(after) };
      return [{ namespace, name, port, callers, change: kindOf(before, after), ...lines }];
    }),
    workloads: differences(now.inbound, then.inbound).map(([, before, after]) => {
      const { namespace, name } = (after ?? (before as InboundPlan)).workload;
      return { namespace, name, change: kindOf(before, after) };
    }),
  };
}

type Hashed = { readonly hash: string };
type Difference<Plan> = readonly [key: string, before: Plan | undefined, after: Plan | undefined];

function differences<Plan extends Hashed>(
  now: ReadonlyMap<string, Plan>,
  then: ReadonlyMap<string, Plan>,
): readonly Difference<Plan>[] {
  const keys = [...new Set([...now.keys(), ...then.keys()])].sort(compareText);
  return keys
    .map((key) => [key, now.get(key), then.get(key)] as const)
    .filter(([, before, after]) => before?.hash !== after?.hash);
}

function kindOf(before: unknown, after: unknown): ChangeKind {
  if (before === undefined) return "added";
  return after === undefined ? "removed" : "changed";
}

function ruleLines(plan: OutboundPlan | undefined): readonly string[] {
  return (plan?.routes ?? []).map((route) => ruleLine(route, plan!.backends));
}

// "HTTPRoute bookshop/reviews 0: reviews/v1 90 %, reviews/v2 10 %"
function ruleLine(route: RoutePlan, backends: readonly BackendPlan[]): string {
  const name = route.name === "default" ? route.name : `${route.name} ${route.rule}`;
  if (route.reply) return `${name}: answered by the proxy`;
  const { backends: weighted } = route.action;
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const shares = weighted.map(({ backend, weight }) => {
    return `${backendName(backends[backend]!)} ${percent(weight / total)}`;
  });
  const faulty = route.traffic?.fault ? ", with injected faults" : "";
  return `${name}: ${shares.join(", ") || "no backend"}${faulty}`;
}

function backendName(backend: BackendPlan): string {
  if (backend.kind === "invalid") return "(invalid)";
  return backend.subset === "" ? backend.service : `${backend.service}/${backend.subset}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
