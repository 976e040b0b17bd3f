// Hangs every route on the service ports that it is for.

import type { Diagnostic } from "#ir/diagnostic.ts";
import { matchesHost } from "#ir/host-name.ts";
import type { Service, ServicePort } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteParent } from "#ir/route.ts";
import { aliasTarget, ruledElsewhere } from "./alias-target.ts";
import type { Catalog } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { findServices } from "./find-service.ts";
import { hostOf } from "./host-of.ts";
import { isAbout } from "./is-about.ts";
import { serviceText } from "./service-text.ts";

export type Attachments = {
  readonly routesOf: ReadonlyMap<ServicePort, readonly AttachedRoute[]>;
  readonly diagnostics: readonly Diagnostic[];
};

// `specificity`: how narrowly its document named the service. Of Istio's, the narrowest win.
export type AttachedRoute = { readonly route: HttpRoute; readonly specificity: number };

// `before`: the last ones, of which lists are kept that come out the same.
export function attachRoutes(
  catalog: Catalog,
  routes: readonly HttpRoute[],
  before?: Attachments,
): Attachments {
  const last = before && inputs.get(before);
  if (last?.services === catalog.services && last.routes === routes) return before!;
  const attachments = attach(catalog, routes, before);
  inputs.set(attachments, { services: catalog.services, routes });
  return attachments;
}

type Inputs = Pick<Catalog, "services"> & { readonly routes: readonly HttpRoute[] };

const inputs = new WeakMap<Attachments, Inputs>();

function attach(
  catalog: Catalog,
  routes: readonly HttpRoute[],
  before: Attachments | undefined,
): Attachments {
  const routesOf = new Map<ServicePort, AttachedRoute[]>();
  const diagnostics: Diagnostic[] = [];
  for (const route of routes) {
    for (const parent of route.parents) {
      const all = servicesOf(catalog, route, parent);
      const found = all.filter(({ service }) => aliasTarget(catalog, service) === service);
      const [alias] = all;
      if (alias && found.length === 0) {
        diagnostics.push(ruledElsewhere(catalog, alias.service, route.origin));
        continue;
      }
      let ports = 0;
      for (const { service, ...attached } of found) {
        for (const port of portsOf(service, parent, route)) {
          add(routesOf, port, attached);
          ports++;
        }
      }
      const [first] = found;
      if (!first) diagnostics.push(missingService(route, parent, catalog));
      else if (ports === 0) diagnostics.push(missingPort(route, parent, first.service));
    }
  }
  return { routesOf: before ? keepAttached(before, routesOf) : routesOf, diagnostics };
}

function keepAttached(
  before: Attachments,
  routesOf: ReadonlyMap<ServicePort, readonly AttachedRoute[]>,
): Attachments["routesOf"] {
  return new Map(
    [...routesOf].map(([port, now]) => {
      const known = before.routesOf.get(port);
      const isSame = now.every(({ route, specificity }, i) => {
        return known?.[i]?.route === route && known[i].specificity === specificity;
      });
      return [port, known?.length === now.length && isSame ? known : now];
    }),
  );
}

type Found = AttachedRoute & { readonly service: Service };

// Rules for one host of a pattern are for requests that are for it.
function servicesOf(catalog: Catalog, route: HttpRoute, { service: ref }: RouteParent): Found[] {
  const found = findServices(catalog, ref, route.origin);
  if (found.length > 0) return found.map((each) => ({ ...each, route }));
  const { host } = ref;
  if (host === undefined || host.startsWith("*")) return [];
  const own = { ...route, authorities: [host] };
  return catalog.services
    .filter((service) => hostOf(service).startsWith("*") && matchesHost(hostOf(service), host))
    .map((service) => ({ service, route: own, specificity: Number.POSITIVE_INFINITY }));
}

// One object may name a service in several ways.
function add(
  routesOf: Map<ServicePort, AttachedRoute[]>,
  port: ServicePort,
  attached: AttachedRoute,
): void {
  const known = routesOf.get(port) ?? [];
  const twin = known.findIndex(({ route }) => route === attached.route);
  if (twin < 0) known.push(attached);
  else if (known[twin]!.specificity < attached.specificity) known[twin] = attached;
  routesOf.set(port, known);
}

function portsOf(
  service: Service,
  { port: number, portName }: RouteParent,
  route: HttpRoute,
): readonly ServicePort[] {
  return service.ports.filter(
    (port) =>
      isAbout(route, port) &&
      (number === undefined || number === port.port) &&
      (portName === undefined || portName === port.name),
  );
}

function missingService(
  { origin }: HttpRoute,
  { service }: RouteParent,
  { serviceOf }: Catalog,
): Diagnostic {
  const near = nearestName(nameKey(service), serviceOf.keys());
  return diagnose({
    code: "WEFT201",
    severity: "warning",
    message: `${refText(origin.ref)} routes nothing: ${serviceText(service)} does not exist`,
    remedy: near === undefined ? "Declare the service." : `Did you mean ${near}?`,
    origin,
  });
}

function missingPort(route: HttpRoute, parent: RouteParent, service: Service): Diagnostic {
  const { origin, layer } = route;
  const fit = service.ports.filter((port) => isAbout(route, port)).map(({ port }) => port);
  const what = layer === undefined ? "HTTP" : layer === "tls" ? "TLS" : "plain TCP";
  const named = [parent.port, parent.portName && `"${parent.portName}"`].filter(Boolean);
  const wanted = ["port", ...named, "for", what].join(" ");
  return diagnose({
    code: "WEFT202",
    severity: "warning",
    message: `${refText(origin.ref)} routes nothing: ${serviceText(service)} has no ${wanted}`,
    remedy:
      fit.length > 0
        ? `Name one of its ports for ${what}: ${fit.join(", ")}.`
        : `Set appProtocol: ${layer ?? "http"} on the service's port.`,
    origin,
  });
}
