// Who answers to which name: every host, every address, and what each workload may reach.

import { isDeepStrictEqual } from "node:util";
import type { EgressRule } from "#ir/egress-rule.ts";
import { nameKey, type Service, type Workload } from "#ir/model.ts";
import type { Directory, DirectoryEntry, Egress } from "#snapshot/directory.ts";
import { aliasTarget } from "./alias-target.ts";
import type { Catalog } from "./catalog.ts";
import { hostOf } from "./host-of.ts";
import { keepMap } from "./keep.ts";
import { ROOT_NAMESPACE } from "./root-namespace.ts";

// `before`: the last one, of which this keeps what comes out the same.
export function buildDirectory(
  catalog: Catalog,
  rules: readonly EgressRule[],
  before?: Directory,
): Directory {
  const { services, allocated } = catalog;
  const allowsUnknown = catalog.mesh.allowsUnknown ?? false;
  const last = before && origins.get(before);
  const isSame = last?.services === services && last.allocated === allocated;
  const named = isSame ? before! : nameServices(catalog);
  const { hosts, ranges } = before ? keepNames(before, named) : named;
  const egress = egressOf(catalog, rules, allowsUnknown, before);
  const isKept =
    before?.hosts === hosts &&
    before.ranges === ranges &&
    before.egress === egress &&
    before.allowsUnknown === allowsUnknown;
  const directory = isKept ? before : { hosts, ranges, egress, allowsUnknown };
  origins.set(directory, { services, allocated });
  return directory;
}

type Names = Pick<Directory, "hosts" | "ranges">;
const origins = new WeakMap<Directory, Pick<Catalog, "services" | "allocated">>();

function nameServices(catalog: Catalog): Names {
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
  return { hosts, ranges };
}

function keepNames(before: Names, now: Names): Names {
  if (before.hosts === now.hosts) return before;
  const hosts = new Map(
    [...now.hosts].map(([name, entries]) => {
      const known = before.hosts.get(name);
      return [name, known && isDeepStrictEqual(known, entries) ? known : entries];
    }),
  );
  return {
    hosts: keepMap(before.hosts, hosts),
    ranges: isDeepStrictEqual(before.ranges, now.ranges) ? before.ranges : now.ranges,
  };
}

function egressOf(
  { workloads }: Catalog,
  rules: readonly EgressRule[],
  allowsUnknown: boolean,
  before: Directory | undefined,
): Directory["egress"] {
  if (rules.length === 0) return keepMap(before?.egress, new Map());
  const egress = new Map<string, Egress>();
  for (const workload of workloads) {
    const rule = ruleFor(rules, workload);
    if (!rule) continue;
    const { reaches, allowsUnknown: own = allowsUnknown } = rule;
    const key = nameKey(workload);
    const known = before?.egress.get(key);
    const now = { ...(reaches && { reaches }), allowsUnknown: own };
    egress.set(key, known && isDeepStrictEqual(known, now) ? known : now);
  }
  return keepMap(before?.egress, egress);
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
