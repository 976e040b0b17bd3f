// The labels by which any policy tells near endpoints from far ones.

import type { PortedPolicy } from "#ir/destination-policy.ts";
import type { Locality } from "#ir/locality.ts";
import type { MeshSettings, SubsetRule } from "#ir/model.ts";

export function labelsOfPolicies(
  mesh: MeshSettings,
  rules: readonly SubsetRule[],
): ReadonlySet<string> {
  const policies = rules.flatMap(({ policy, subsets }) => [
    policy,
    ...subsets.map((subset) => subset.policy),
  ]);
  const localities = [mesh.locality, ...policies.flatMap(localitiesOf)];
  return new Set(localities.flatMap(labelsOf));
}

function localitiesOf(policy: PortedPolicy | undefined): (Locality | undefined)[] {
  const ports = policy?.ports ?? [];
  return [policy?.balancer?.locality, ...ports.map((port) => port.policy.balancer?.locality)];
}

function labelsOf(locality: Locality | undefined): readonly string[] {
  return locality?.kind === "tiers" ? locality.labels.map(({ name }) => name) : [];
}
