// The model and who has joined, indexed for compiling. Where two objects bear one name, the first
// in the order of files counts; discovery has complained about the other.

import type {
  MeshSettings,
  Model,
  Name,
  Outside,
  ReferenceGrant,
  Service,
  SubsetRule,
  Workload,
  WorkloadEntry,
} from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import type { Registration } from "#snapshot/registration.ts";
import { allocateAddresses } from "./allocate-addresses.ts";
import { compareKeys } from "./compare.ts";
import { DestinationRules } from "./destination-rules.ts";
import { hostOf } from "./host-of.ts";
import { labelsOfPolicies } from "./labels-of-policies.ts";
import { regionsOfZones } from "./places.ts";

type Originated = { readonly origin: Origin };

export type Catalog = {
  readonly mesh: MeshSettings;
  readonly workloads: readonly Workload[]; // by name, as are services
  readonly services: readonly Service[];
  readonly subsetRules: readonly SubsetRule[];
  readonly serviceOf: ReadonlyMap<string, Service>; // by nameKey
  readonly hostOf: ReadonlyMap<string, readonly Service[]>; // by host
  readonly rules: DestinationRules;
  readonly grants: readonly ReferenceGrant[];
  readonly outsides: readonly Outside[];
  readonly outsidesOf: ReadonlyMap<string, readonly Outside[]>; // by nameKey of the service
  readonly registrationsOf: ReadonlyMap<string, readonly Registration[]>; // workload
  readonly labelled: ReadonlyMap<string, readonly Workload[]>; // by labelKey
  readonly regionOfZone: ReadonlyMap<string, string>;
  readonly placeLabels: ReadonlySet<string>; // that any policy asks callers for
  readonly entries: readonly WorkloadEntry[];
  readonly allocated: ReadonlyMap<Service, string>; // addresses of hosts that had none
  readonly addressesOf: AddressesOf;
};

// The addresses of a host, as they were found last; undefined: not yet.
export type AddressesOf = (host: string) => readonly string[] | undefined;

const UNRESOLVED: AddressesOf = () => undefined;

export function buildCatalog(
  model: Model,
  registrations: readonly Registration[],
  addressesOf: AddressesOf = UNRESOLVED,
): Catalog {
  const workloads = eachOnce(model.workloads);
  const services = eachOnce(model.services);
  const subsetRules = [...model.subsets].sort(byOrigin);
  const outsides = [...model.outsides].sort(byOrigin);
  const index = {
    ...{ services, subsetRules },
    serviceOf: new Map(services.map((service) => [nameKey(service), service])),
    hostOf: Map.groupBy(services, hostOf),
  };
  return {
    ...index,
    mesh: model.mesh,
    workloads,
    rules: new DestinationRules(index),
    grants: model.referenceGrants ?? [],
    outsides,
    outsidesOf: Map.groupBy(outsides, ({ service }) => nameKey(service)),
    registrationsOf: Map.groupBy(registrations, nameKey),
    labelled: indexLabels(workloads),
    regionOfZone: regionsOfZones(workloads),
    placeLabels: labelsOfPolicies(model.mesh, subsetRules),
    entries: eachOnce(model.entries ?? []),
    allocated: allocateAddresses(services),
    addressesOf,
  };
}

// Workloads in the namespace that bear all of these labels. No labels select nothing: a service
// without a selector names its endpoints in other ways.
export function selectWorkloads(
  catalog: Catalog,
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
  { entries }: Catalog,
  namespace: string,
  labels: readonly (readonly [string, string])[],
): readonly WorkloadEntry[] {
  if (labels.length === 0) return [];
  return entries.filter(
    (entry) =>
      entry.namespace === namespace &&
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

function eachOnce<T extends Name & Originated>(objects: readonly T[]): readonly T[] {
  const keys = (object: T) => [object.namespace, object.name, ...originKeys(object.origin)];
  const once = new Map<string, T>();
  for (const object of [...objects].sort((a, b) => compareKeys(keys(a), keys(b)))) {
    if (!once.has(nameKey(object))) once.set(nameKey(object), object);
  }
  return [...once.values()];
}

function indexLabels(workloads: readonly Workload[]): Map<string, Workload[]> {
  const index = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const [name, value] of workload.labels) {
      const key = labelKey(workload.namespace, name, value);
      const list = index.get(key);
      if (list) list.push(workload);
      else index.set(key, [workload]);
    }
  }
  return index;
}

function labelKey(namespace: string, name: string, value: string): string {
  return `${namespace}\n${name}\n${value}`;
}
