// What DestinationRules say of a service that has no effect, or another one than it seems.

import type { Catalog } from "#compile/catalog.ts";
import { diagnose } from "#compile/diagnose.ts";
import { findService } from "#compile/find-service.ts";
import { serviceText } from "#compile/service-text.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { nameKey, type SubsetRule } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";

export function checkDestinationRules(catalog: Catalog): Diagnostic[] {
  const ofOne = Map.groupBy(catalog.subsetRules, sameKey);
  return [
    ...[...ofOne.values()].flatMap(checkSame),
    ...catalog.subsetRules.flatMap(checkLabels),
    ...catalog.subsetRules.flatMap((rule) => checkPorts(catalog, rule)),
  ];
}

// Rules of another namespace, or for other callers, are no rivals.
function sameKey({ service, exportTo, origin }: SubsetRule): string {
  return [origin.ref.namespace, service.host ?? nameKey(service), ...(exportTo ?? [])].join("\n");
}

// Subsets of several rules add up; of policies, and of subsets with one name, the first counts.
function checkSame([first, ...others]: readonly SubsetRule[]): Diagnostic[] {
  const rules = [first!, ...others];
  return others.flatMap((rule, i) => {
    const before = rules.slice(0, i + 1);
    const policy = rule.policy && before.find((other) => other.policy);
    const twice = rule.subsets.filter(({ name }) =>
      before.some(({ subsets }) => subsets.some((subset) => subset.name === name)),
    );
    return [
      ...(policy ? [lost(rule, policy, "its trafficPolicy has no effect")] : []),
      ...twice.map(({ name }) => {
        const winner = before.find(({ subsets }) => subsets.some((one) => one.name === name))!;
        return lost(rule, winner, `its subset "${name}" has no effect`);
      }),
    ];
  });
}

function lost(rule: SubsetRule, winner: SubsetRule, what: string): Diagnostic {
  const title = serviceText(rule.service);
  const other = refText(winner.origin.ref);
  return diagnose({
    code: "WEFT225",
    severity: "warning",
    message: `${refText(rule.origin.ref)}: ${what}, as ${other} has one for ${title}, too`,
    remedy: "Write both into one object.",
    origin: rule.origin,
  });
}

function checkLabels({ subsets, origin, service }: SubsetRule): Diagnostic[] {
  return subsets
    .filter(({ labels }) => labels.size === 0)
    .map(({ name }) =>
      diagnose({
        code: "WEFT226",
        severity: "warning",
        message: `Subset "${name}" has no labels: it is all of ${serviceText(service)}`,
        remedy: "Give it the labels that tell its workloads from the others.",
        origin,
      }),
    );
}

function checkPorts(catalog: Catalog, rule: SubsetRule): Diagnostic[] {
  const service = findService(catalog, rule.service, rule.origin);
  if (!service) return []; // it was said, or it is a pattern
  const policies = [rule.policy, ...rule.subsets.map(({ policy }) => policy)];
  const named = policies.flatMap((policy) => policy?.ports?.map(({ port }) => port) ?? []);
  const known = service.ports.map(({ port }) => port);
  return [...new Set(named)]
    .filter((port) => !known.includes(port))
    .map((port) =>
      diagnose({
        code: "WEFT202",
        severity: "warning",
        message: `${serviceText(service)} has no port ${port}: its policy has no effect`,
        remedy: `Name one of its ports: ${known.join(", ")}.`,
        origin: rule.origin,
      }),
    );
}
