// Several documents for one host in one namespace, made one service, as istiod does it: a
// Kubernetes Service has its own name, and the endpoints of ServiceEntries for that join its own,
// by the names of their ports; entries that agree in all else have the ports of all. Of others the
// first counts, by name, and a diagnostic says so.
// https://github.com/istio/istio/blob/master/pilot/pkg/model/sidecar.go (appendSidecarServices)

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

export function joinHosts(model: Model): JoinedHosts {
  const diagnostics: Diagnostic[] = [];
  const replaced = new Map<Service, Service>();
  const gone = new Set<Service>();
  const ignored = new Set<string>();
  for (const [first, ...others] of groupsOf(model)) {
    let service = first!;
    for (const other of others) {
      const joint = join(model, service, other);
      if (joint.lost.length > 0) diagnostics.push(lostTo(first!, other, joint.lost));
      if (joint.lost === "all") ignored.add(ownerKey(other, other));
      gone.add(other);
      service = joint.service;
    }
    replaced.set(first!, service);
  }
  if (replaced.size === 0) return { model, diagnostics };
  const services = model.services
    .filter((service) => !gone.has(service))
    .map((service) => replaced.get(service) ?? service);
  const outsides = model.outsides.filter((each) => !ignored.has(ownerKey(each, each.service)));
  return { model: { ...model, services, outsides }, diagnostics };
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
