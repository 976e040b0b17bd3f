// The model and who has joined, indexed for compiling. Where two objects bear one name, the first
// in the order of files counts; discovery has complained about the other.
//
// What compiling reads are its fields: values, and maps of which entries are read. Those that a
// change of the model doesn't touch are the same objects as in the catalog before.

import { isSameList } from "#base/same-list.ts";
import type { FaultRule } from "#ir/fault-rule.ts";
import type {
  MeshSettings,
  Model,
  Outside,
  ReferenceGrant,
  Service,
  SubsetRule,
  Workload,
  WorkloadEntry,
} from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import type { PeerRule } from "#ir/peer-rule.ts";
import type { TelemetryRule } from "#ir/telemetry-rule.ts";
import type { Registration } from "#snapshot/registration.ts";
import { allocateAddresses } from "./allocate-addresses.ts";
import { compareKeys } from "./compare.ts";
import { type DestinationRule, indexDestinationRules } from "./destination-rules.ts";
import { hostOf } from "./host-of.ts";
import { keepMap, keepSet } from "./keep.ts";
import { labelsOfPolicies } from "./labels-of-policies.ts";
import { onceEach } from "./once-each.ts";
import { regionsOfZones, zonesOf } from "./places.ts";
import { type Index, reindex } from "./reindex.ts";
import { type Sorted, sorted } from "./sorted.ts";

type Originated = { readonly origin: Origin };

export type Catalog = {
  readonly mesh: MeshSettings;
  readonly workloads: readonly Workload[]; // by name, as are services
  readonly services: readonly Service[];
  readonly subsetRules: readonly SubsetRule[];
  readonly serviceOf: ReadonlyMap<string, Service>; // by nameKey
  readonly servicesIn: Index<Service>; // by namespace
  readonly hostOf: Index<Service>; // by host
  readonly joinedBy: Index<Service>; // by nameKey of those whose endpoints count for them, too
  readonly rulesOf: Index<DestinationRule>; // by nameKey of the service
  readonly grants: readonly ReferenceGrant[];
  readonly outsides: readonly Outside[];
  readonly outsidesOf: Index<Outside>; // by nameKey of the service
  readonly registrationsOf: Index<Registration>; // workload
  readonly labelled: Index<Workload>; // by labelKey
  readonly regionOfZone: ReadonlyMap<string, string>;
  readonly placeLabels: ReadonlySet<string>; // that any policy asks callers for
  readonly entriesIn: Index<WorkloadEntry>; // by namespace
  readonly faultsOf: Index<FaultRule>; // by nameKey of the service; the oldest first
  readonly peerRules: readonly PeerRule[]; // the oldest first
  readonly peerRulesIn: Index<PeerRule>; // by namespace
  readonly telemetryRules: readonly TelemetryRule[]; // the oldest first
  readonly telemetryRulesIn: Index<TelemetryRule>; // by namespace
  readonly allocated: ReadonlyMap<Service, string>; // addresses of hosts that had none
  readonly addressesOf: AddressesOf;
};

// The addresses of a host, as they were found last; undefined: not yet.
export type AddressesOf = (host: string) => readonly string[] | undefined;

// What the next catalog is made from.
type Memory = {
  readonly named: { workloads: Sorted<Workload>; services: Sorted<Service> };
  readonly once: { workloads: Sorted<Workload>; services: Sorted<Service> };
  readonly entries: { named: Sorted<WorkloadEntry>; once: Sorted<WorkloadEntry> };
  readonly subsetRules: Sorted<SubsetRule>;
  readonly outsides: Sorted<Outside>;
  readonly registrations: Sorted<Registration>;
  readonly faultRules: Sorted<FaultRule>;
  readonly peerRules: Sorted<PeerRule>;
  readonly telemetryRules: Sorted<TelemetryRule>;
  readonly zoned: Index<Workload>;
};

const memories = new WeakMap<Catalog, Memory>();
const UNRESOLVED: AddressesOf = () => undefined;

// `before`: the last one, of which this takes what has not changed.
export function buildCatalog(
  model: Model,
  registrations: readonly Registration[],
  addressesOf: AddressesOf = UNRESOLVED,
  before?: Catalog,
): Catalog {
  const memory = remember(model, registrations, before && memories.get(before));
  const { once, subsetRules, outsides } = memory;
  const catalog: Catalog = {
    ...indexServices(memory, before),
    mesh: model.mesh,
    workloads: once.workloads.all,
    subsetRules: subsetRules.all,
    grants: model.referenceGrants ?? NONE,
    outsides: outsides.all,
    outsidesOf: reindex(outsides, (each) => [nameKey(each.service)], byOrigin, before?.outsidesOf),
    registrationsOf: reindex(
      memory.registrations,
      (each) => [nameKey(each)],
      byAddress,
      before?.registrationsOf,
    ),
    labelled: reindex(once.workloads, labelKeys, byName, before?.labelled),
    regionOfZone: keepMap(before?.regionOfZone, regionsOfZones(memory.zoned)),
    placeLabels: keepSet(before?.placeLabels, labelsOfPolicies(model.mesh, subsetRules.all)),
    entriesIn: reindex(memory.entries.once, inNamespace, byName, before?.entriesIn),
    faultsOf: reindex(
      memory.faultRules,
      (each) => [nameKey(each.service)],
      byAge,
      before?.faultsOf,
    ),
    peerRules: memory.peerRules.all,
    peerRulesIn: reindex(memory.peerRules, inNamespace, byAge, before?.peerRulesIn),
    telemetryRules: memory.telemetryRules.all,
    telemetryRulesIn: reindex(memory.telemetryRules, inNamespace, byAge, before?.telemetryRulesIn),
    addressesOf,
  };
  memories.set(catalog, memory);
  return catalog;
}

const NONE: readonly never[] = [];

function remember(
  model: Model,
  registrations: readonly Registration[],
  before: Memory | undefined,
): Memory {
  const named = {
    workloads: sorted(model.workloads, byName, before?.named.workloads),
    services: sorted(model.services, byName, before?.named.services),
  };
  const once = {
    workloads: onceEach(named.workloads, before?.once.workloads),
    services: onceEach(named.services, before?.once.services),
  };
  const entries = sorted(model.entries ?? NONE, byName, before?.entries.named);
  return {
    ...{ named, once },
    entries: { named: entries, once: onceEach(entries, before?.entries.once) },
    subsetRules: sorted(model.subsets, byOrigin, before?.subsetRules),
    outsides: sorted(model.outsides, byOrigin, before?.outsides),
    registrations: sorted(registrations, byAddress, before?.registrations),
    faultRules: sorted(model.faultRules ?? NONE, byAge, before?.faultRules),
    peerRules: sorted(model.peerRules ?? NONE, byAge, before?.peerRules),
    telemetryRules: sorted(model.telemetryRules ?? NONE, byAge, before?.telemetryRules),
    zoned: reindex(once.workloads, zonesOf, byName, before?.zoned),
  };
}

function indexServices({ once, subsetRules }: Memory, before: Catalog | undefined) {
  const services = once.services.all;
  const isSame = before && isSameList(before.services, services);
  const index = isSame
    ? before
    : {
        services,
        serviceOf: new Map(services.map((service) => [nameKey(service), service])),
        servicesIn: reindex(once.services, inNamespace, byName, before?.servicesIn),
        hostOf: reindex(once.services, (each) => [hostOf(each)], byName, before?.hostOf),
        joinedBy: reindex(once.services, joinedKeys, byName, before?.joinedBy),
        allocated: allocateAddresses(services),
      };
  const { serviceOf, servicesIn, hostOf: hosts, joinedBy, allocated } = index;
  const sight = { services: index.services, serviceOf, hostOf: hosts };
  const rulesOf =
    isSame && isSameList(before.subsetRules, subsetRules.all)
      ? before.rulesOf
      : indexDestinationRules(sight, subsetRules.all, before?.rulesOf);
  return { ...sight, ...{ servicesIn, joinedBy, allocated, rulesOf } };
}

// Workloads in the namespace that bear all of these labels. No labels select nothing: a service
// without a selector names its endpoints in other ways.
export function selectWorkloads(
  catalog: Pick<Catalog, "labelled">,
  namespace: string,
  labels: readonly (readonly [string, string])[],
): readonly Workload[] {
  if (labels.length === 0) return [];
  const lists = labels.map(([name, value]) => {
    return catalog.labelled.get(labelKey(namespace, name, value)) ?? [];
  });
  const shortest = lists.reduce((a, b) => (b.length < a.length ? b : a));
  return shortest.filter((workload) =>
    labels.every(([name, value]) => workload.labels.get(name) === value),
  );
}

export function selectEntries(
  { entriesIn }: Pick<Catalog, "entriesIn">,
  namespace: string,
  labels: readonly (readonly [string, string])[],
): readonly WorkloadEntry[] {
  if (labels.length === 0) return [];
  const entries = entriesIn.get(namespace) ?? [];
  return entries.filter((entry) =>
    labels.every(([name, value]) => entry.labels.get(name) === value),
  );
}

function byOrigin(a: Originated, b: Originated): number {
  return compareKeys(originKeys(a.origin), originKeys(b.origin));
}

export function originKeys({ ref, position }: Origin): (string | number)[] {
  const { file = "", line = 0, column = 0 } = position ?? {};
  return [ref.namespace, ref.name, ref.kind, ref.group, file, line, column];
}

type Named = Originated & { readonly namespace: string; readonly name: string };

function byName(a: Named, b: Named): number {
  return compareKeys([a.namespace, a.name], [b.namespace, b.name]) || byOrigin(a, b);
}

function byAddress(a: Registration, b: Registration): number {
  const keys = (each: Registration) => [each.namespace, each.name, each.address, each.meshPort];
  return compareKeys(keys(a), keys(b));
}

// Where no document says when it was made, the name decides.
type Aged = Originated & { readonly createdAtMs: number };

function byAge(a: Aged, b: Aged): number {
  return a.createdAtMs - b.createdAtMs || byOrigin(a, b);
}

function inNamespace({ namespace }: { readonly namespace: string }): readonly string[] {
  return [namespace];
}

function joinedKeys({ joined = [] }: Service): readonly string[] {
  return joined.map(nameKey);
}

function labelKeys({ namespace, labels }: Workload): readonly string[] {
  return [...labels].map(([name, value]) => labelKey(namespace, name, value));
}

function labelKey(namespace: string, name: string, value: string): string {
  return `${namespace}\n${name}\n${value}`;
}
