// The limits of each workload together with the mesh's. Where they contradict each other, those
// that held last go on, if they agree with the mesh's as it is now; else the mesh's alone.

import { brokenRelations } from "#base/broken-relations.ts";
import type { LimitRelation } from "#base/limit-relations.ts";
import { mergeLimits } from "#base/merge-limits.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { limitConflict } from "#ir/limit-conflict.ts";
import {
  type MeshSettings,
  type Model,
  nameKey,
  type Workload,
  type WorkloadLimits,
} from "#ir/model.ts";
import { refText } from "#ir/origin.ts";

export type CheckedLimits = {
  readonly workloads: readonly Workload[];
  readonly diagnostics: readonly Diagnostic[];
};

export function checkLimits(
  mesh: MeshSettings,
  workloads: readonly Workload[],
  previous: Model | undefined,
): CheckedLimits {
  const diagnostics: Diagnostic[] = [];
  const checked = workloads.map((workload) => {
    if (!workload.limits) return workload;
    const { limits, ...rest } = workload;
    const [broken] = brokenWith(mesh, limits);
    if (!broken) return workload;
    diagnostics.push(conflict(workload, limits, mesh, broken));
    const key = nameKey(workload);
    const last = previous?.workloads.find((other) => nameKey(other) === key)?.limits;
    return last && brokenWith(mesh, last).length === 0 ? { ...rest, limits: last } : rest;
  });
  return { workloads: checked, diagnostics };
}

function brokenWith(mesh: MeshSettings, { pairs }: WorkloadLimits): readonly LimitRelation[] {
  return brokenRelations(mergeLimits(mesh.limits ?? [], pairs));
}

function conflict(
  workload: Workload,
  { origin, pairs }: WorkloadLimits,
  mesh: MeshSettings,
  broken: LimitRelation,
): Diagnostic {
  const inForce = mergeLimits(mesh.limits ?? [], pairs);
  const { name, message, remedy } = limitConflict(broken, pairs, inForce);
  return {
    severity: "error",
    code: "WEFT106",
    message: `${refText(workload.origin.ref)}: ${message}`,
    remedy,
    ref: workload.origin.ref,
    field: name === "" ? "spec.limits" : `spec.limits.${name}`,
    position: origin.position,
  };
}
