// Who answers to which name: every host, every address, and what each workload may reach.

import type { EgressRule } from "#ir/egress-rule.ts";
import { nameKey, type Service, type Workload } from "#ir/model.ts";
import type { Directory, DirectoryEntry, Egress } from "#snapshot/directory.ts";
import { aliasTarget } from "./alias-target.ts";
import type { Catalog } from "./catalog.ts";
import { hostOf } from "./host-of.ts";
import { ROOT_NAMESPACE } from "./root-namespace.ts";

export function buildDirectory(catalog: Catalog, rules: readonly EgressRule[]): Directory {
  const hosts = new Map<string, DirectoryEntry[]>();
  const ranges: { range: string; entry: DirectoryEntry }[] = [];
  for (const service of catalog.services) {
    const entry = entryOf(aliasTarget(catalog, service), service);
    const host = hostOf(service);
    const own = catalog.allocated.get(service);
    const addresses = [...(service.addresses ?? []), ...(own === undefined ? [] : [own])];
    for (const name of [host, ...addresses.filter((each) => !each.includes("/"))]) {
      const known = hosts.get(name);
      if (known) known.push(entry);
      else hosts.set(name, [entry]);
    }
    for (const range of addresses) if (range.includes("/")) ranges.push({ range, entry });
  }
  const allowsUnknown = catalog.mesh.allowsUnknown ?? false;
  const egress = new Map<string, Egress>();
  for (const workload of catalog.workloads) {
    const rule = ruleFor(rules, workload);
    if (!rule) continue;
    const { reaches, allowsUnknown: own = allowsUnknown } = rule;
    egress.set(nameKey(workload), { ...(reaches && { reaches }), allowsUnknown: own });
  }
  return { hosts, ranges, egress, allowsUnknown };
}

// `called`: who has the name.
function entryOf(service: Service, { exportTo }: Service): DirectoryEntry {
  const { namespace, name, isAsDialled, isHeadless } = service;
  return {
    ...{ namespace, name, host: hostOf(service) },
    ...(exportTo && { exportTo }),
    ...(isAsDialled && { isAsDialled }),
    ...(isHeadless && { isHeadless }),
  };
}

// One that selects the workload, else its namespace's own, else the root's.
function ruleFor(rules: readonly EgressRule[], workload: Workload): EgressRule | undefined {
  const own = rules.filter(({ namespace }) => namespace === workload.namespace);
  const selecting = own.find(
    ({ selector }) =>
      selector.size > 0 &&
      [...selector].every(([name, value]) => workload.labels.get(name) === value),
  );
  const isGeneral = ({ selector }: EgressRule) => selector.size === 0;
  const root = rules.filter(({ namespace }) => namespace === ROOT_NAMESPACE);
  return selecting ?? own.find(isGeneral) ?? root.find(isGeneral);
}
