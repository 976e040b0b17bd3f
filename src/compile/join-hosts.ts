// Several documents for one host in one namespace, made one service, as istiod does it: a
// Kubernetes Service has its own name, and the endpoints of ServiceEntries for that join its own,
// by the names of their ports; entries that agree in all else have the ports of all. Of others the
// first counts, by name, and a diagnostic says so.
// https://github.com/istio/istio/blob/master/pilot/pkg/model/sidecar.go (appendSidecarServices)

import { isSameList, keepList } from "#base/same-list.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { type Model, nameKey, type Outside, type Service } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import { canonicalJson } from "./canonical-json.ts";
import { originKeys } from "./catalog.ts";
import { compareKeys } from "./compare.ts";
import { diagnose } from "./diagnose.ts";
import { hostOf } from "./host-of.ts";

export type JoinedHosts = { readonly model: Model; readonly diagnostics: readonly Diagnostic[] };

// What two come to. `lost`: what of the other doesn't count; "all" for all of it.
type Joint = { readonly service: Service; readonly lost: "all" | readonly string[] };

// All that became of one host.
type Joined = {
  readonly members: readonly Service[];
  readonly resolutions: string;
  readonly service: Service;
  readonly diagnostics: readonly Diagnostic[];
  readonly ignored: readonly string[];
};

type Memory = {
  readonly source: Model["services"];
  readonly groups: readonly (readonly Service[])[];
  readonly joined: ReadonlyMap<Service, Joined>; // by the first member
};

const memories = new WeakMap<JoinedHosts, Memory>();

// `before`: what this returned last, of which objects are kept that come out the same.
export function joinHosts(model: Model, before?: JoinedHosts): JoinedHosts {
  const last = before && memories.get(before);
  const groups = last?.source === model.services ? last.groups : groupsOf(model);
  const all = groups.map((members) => joinAll(model, members, last?.joined.get(members[0]!)));
  const joined = new Map(all.map((each) => [each.members[0]!, each]));
  const result: JoinedHosts = {
    model: joined.size === 0 ? model : withJoined(model, joined, before?.model),
    diagnostics: all.flatMap(({ diagnostics }) => diagnostics),
  };
  memories.set(result, { source: model.services, groups, joined });
  return result;
}

function withJoined(
  model: Model,
  joined: ReadonlyMap<Service, Joined>,
  before: Model | undefined,
): Model {
  const gone = new Set([...joined.values()].flatMap(({ members }) => members.slice(1)));
  const ignored = new Set([...joined.values()].flatMap((each) => each.ignored));
  const services = model.services
    .filter((service) => !gone.has(service))
    .map((service) => joined.get(service)?.service ?? service);
  const outsides = model.outsides.filter((each) => !ignored.has(ownerKey(each, each.service)));
  return {
    ...model,
    services: keepList(before?.services, services),
    outsides: keepList(before?.outsides, outsides),
  };
}

function joinAll(model: Model, members: readonly Service[], known: Joined | undefined): Joined {
  const resolutions = members.map((each) => resolutionOf(model, each)).join("\n");
  if (known?.resolutions === resolutions && isSameList(known.members, members)) return known;
  const [first, ...others] = members as [Service, ...Service[]];
  const diagnostics: Diagnostic[] = [];
  const ignored: string[] = [];
  let service = first;
  for (const other of others) {
    const joint = join(model, service, other);
    if (joint.lost.length > 0) diagnostics.push(lostTo(first, other, joint.lost));
    if (joint.lost === "all") ignored.push(ownerKey(other, other));
    service = joint.service;
  }
  return { members, resolutions, service, diagnostics, ignored };
}

function ownerKey({ origin }: Service | Outside, name: Service | Outside["service"]): string {
  return `${refText(origin.ref)} ${nameKey(name)}`;
}

// Those of one host, first who has it. What one object says twice is told elsewhere.
function groupsOf({ services }: Model): readonly (readonly Service[])[] {
  const hosts = new Set(services.filter(({ host }) => host !== undefined).map(hostKey));
  if (hosts.size === 0) return [];
  const named = services.filter((service) => hosts.has(hostKey(service)));
  return [...Map.groupBy(named, hostKey).values()]
    .map((group) => {
      const ordered = [...group].sort((a, b) => compareKeys(rankKeys(a), rankKeys(b)));
      const refs = ordered.map(({ origin }) => refText(origin.ref));
      return ordered.filter((_, i) => refs.indexOf(refs[i]!) === i);
    })
    .filter((group) => group.length > 1);
}

function hostKey(service: Service): string {
  return `${service.namespace} ${hostOf(service)}`;
}

function rankKeys({ host, origin }: Service): (string | number)[] {
  return [host === undefined ? 0 : 1, ...originKeys(origin)];
}

function join(model: Model, first: Service, other: Service): Joint {
  const lost = ["addresses", "subjectAltNames"].filter((_, i) => {
    const [own, others] = [first, other].map((each) => [each.addresses, each.certificateNames][i]);
    return others !== undefined && others.join() !== own?.join();
  });
  if (first.host === undefined) {
    if (first.aliasOf !== undefined || other.isAsDialled) return { service: first, lost: "all" };
    const names = new Set(first.ports.map(({ name }) => name));
    const ports = other.ports.filter(({ name }) => !names.has(name));
    const service = { ...first, joined: [...(first.joined ?? []), other] };
    return { service, lost: [...ports.map(({ name }) => `port "${name}"`), ...lost] };
  }
  if (isUnlike(model, first, other)) return { service: first, lost: "all" };
  const numbers = new Set(first.ports.map(({ port }) => port));
  const ports = [...first.ports, ...other.ports.filter(({ port }) => !numbers.has(port))];
  return { service: { ...first, ports }, lost };
}

function isUnlike(model: Model, ...both: readonly [Service, Service]): boolean {
  const [a, b] = both.map((service) =>
    canonicalJson([
      resolutionOf(model, service),
      [...service.selector].sort(([left], [right]) => (left < right ? -1 : 1)),
      service.exportTo ?? null,
    ]),
  );
  return a !== b;
}

function resolutionOf({ outsides }: Model, service: Service): string {
  if (service.isAsDialled) return "as dialled";
  const own = outsides.filter(
    (each) => ownerKey(each, each.service) === ownerKey(service, service),
  );
  const [address] = own.flatMap(({ addresses }) => addresses);
  return address?.resolution ?? "as written";
}

function lostTo(first: Service, other: Service, lost: Joint["lost"]): Diagnostic {
  const { origin } = other;
  const own = refText(origin.ref);
  const whose = `${hostOf(first)}: ${refText(first.origin.ref)} has that host`;
  return diagnose({
    code: "WEFT212",
    severity: "warning",
    message:
      lost === "all"
        ? `${own} does nothing for ${whose}`
        : `Of ${own} this does not count for ${whose}: ${lost.join(", ")}`,
    remedy: "Write all of the host into one object, or choose another host.",
    origin,
  });
}
