// Which rules say what a workload tells of its requests, as Istio finds them: the mesh's, the
// namespace's, and the first that selects the workload; each says more than the one before.
// https://istio.io/latest/docs/reference/config/telemetry/

import type { Service, Workload } from "#ir/model.ts";
import type { Sides, TelemetryRule } from "#ir/telemetry-rule.ts";
import type { Catalog } from "./catalog.ts";
import { isRootNamespace, ROOT_NAMESPACES } from "./root-namespace.ts";

type Rules = Pick<Catalog, "telemetryRulesIn">;

// The widest first. `services`: those that select the workload.
export function telemetryRulesFor(
  catalog: Rules,
  workload: Workload,
  services: readonly Service[],
): readonly TelemetryRule[] {
  const { namespace } = workload;
  const inNamespace = catalog.telemetryRulesIn.get(namespace) ?? [];
  const own = inNamespace.find((rule) => !isGeneral(rule) && isMeant(rule, workload, services));
  const wider = isRootNamespace(namespace) ? undefined : inNamespace.find(isGeneral);
  return [telemetryRuleOfMesh(catalog), wider, own].filter((rule) => rule !== undefined);
}

export function telemetryRuleOfMesh({ telemetryRulesIn }: Rules): TelemetryRule | undefined {
  const all = ROOT_NAMESPACES.flatMap((name) => telemetryRulesIn.get(name)?.find(isGeneral) ?? []);
  const [first, second] = all;
  return first && second && second.createdAtMs < first.createdAtMs ? second : first;
}

export function isGeneral({ selector, services }: TelemetryRule): boolean {
  return selector.size + services.length === 0;
}

// Of one in its namespace.
export function isMeant(
  rule: TelemetryRule,
  { labels }: Workload,
  services: readonly Service[],
): boolean {
  if (rule.services.length > 0) return services.some(({ name }) => rule.services.includes(name));
  return [...rule.selector].every(([name, value]) => labels.get(name) === value);
}

// What they say of one side, the last word last.
export function overridesOf<Override>(
  rules: readonly TelemetryRule[],
  partOf: (rule: TelemetryRule) => Sides<Override>,
  side: keyof Sides<Override>,
): readonly Override[] {
  return rules.map((rule) => partOf(rule)[side]).filter((override) => override !== undefined);
}
