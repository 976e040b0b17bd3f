// Telemetries that mean nothing where they stand.

import type { Diagnostic } from "#ir/diagnostic.ts";
import { nameKey } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { TelemetryRule } from "#ir/telemetry-rule.ts";
import type { Catalog } from "./catalog.ts";
import { selectWorkloads } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { isRootNamespace } from "./root-namespace.ts";
import { selects } from "./selects.ts";
import { isGeneral, telemetryRuleOfMesh, telemetryRulesFor } from "./telemetry-rules.ts";

export function checkTelemetryRule(catalog: Catalog, rule: TelemetryRule): Diagnostic[] {
  const found = isGeneral(rule) ? checkGeneral(catalog, rule) : checkSelecting(catalog, rule);
  return found.length > 0 ? found : [...checkTracing(catalog, rule), ...checkTags(catalog, rule)];
}

function checkGeneral(catalog: Catalog, rule: TelemetryRule): Diagnostic[] {
  const { namespace } = rule;
  const first = isRootNamespace(namespace)
    ? telemetryRuleOfMesh(catalog)
    : catalog.telemetryRulesIn.get(namespace)?.find(isGeneral);
  return first && first !== rule ? [overruled(rule, first)] : [];
}

function checkSelecting(catalog: Catalog, rule: TelemetryRule): Diagnostic[] {
  const { namespace, origin } = rule;
  const missing = rule.services.filter(
    (name) => !catalog.serviceOf.has(nameKey({ namespace, name })),
  );
  const unknown = missing.map((name) => {
    const message = `${refText(origin.ref)}: Service ${namespace}/${name} does not exist`;
    const remedy = "Declare the service, or name another one.";
    return diagnose({ code: "WEFT201", severity: "warning", message, remedy, origin });
  });
  // Pods come and go.
  if (unknown.length > 0 || catalog.mesh.onKubernetes) return unknown;
  const workloads = selectedBy(catalog, rule);
  if (workloads.length === 0) {
    return [withoutEffect(rule, "it selects no workload", "Give a workload these labels.")];
  }
  const winners = workloads.map((workload) => {
    const services = catalog.servicesIn.get(namespace) ?? [];
    const behind = services.filter((service) => selects(service, workload));
    return telemetryRulesFor(catalog, workload, behind).at(-1);
  });
  const [first] = winners;
  return first && !winners.includes(rule) ? [overruled(rule, first)] : [];
}

function selectedBy(catalog: Catalog, { namespace, selector, services }: TelemetryRule) {
  if (services.length === 0) return selectWorkloads(catalog, namespace, [...selector]);
  return services.flatMap((name) => {
    const service = catalog.serviceOf.get(nameKey({ namespace, name }));
    return service ? selectWorkloads(catalog, namespace, [...service.selector]) : [];
  });
}

function checkTracing({ mesh }: Catalog, rule: TelemetryRule): Diagnostic[] {
  const { source, destination } = rule.tracing;
  if (mesh.tracing || (!source && !destination)) return [];
  const why = "nothing is traced, since no MeshConfig says where spans go";
  const remedy = "Set spec.tracing.endpoint of a MeshConfig (weft.dev/v1alpha1).";
  return [withoutEffect(rule, `spec.tracing: ${why}`, remedy)];
}

// Of a pod's containers nobody tells what they were started with.
function checkTags({ mesh }: Catalog, rule: TelemetryRule): Diagnostic[] {
  const tags = [rule.tracing.source, rule.tracing.destination].flatMap((side) => side?.tags ?? []);
  const isAsked = tags.some(({ kind }) => kind === "environment");
  if (!mesh.onKubernetes || !isAsked) return [];
  const why = "variables of a pod's environment are not known here: their default values count";
  return [withoutEffect(rule, `spec.tracing: ${why}`, "Use a literal, or a header.")];
}

function overruled(rule: TelemetryRule, by: TelemetryRule): Diagnostic {
  const why = `${refText(by.origin.ref)} is older, or comes first, and holds for the same`;
  return withoutEffect(rule, why, "Make one of both.");
}

function withoutEffect({ origin }: TelemetryRule, why: string, remedy: string): Diagnostic {
  const message = `${refText(origin.ref)} has no effect: ${why}`;
  return diagnose({ code: "WEFT230", severity: "warning", message, remedy, origin });
}
