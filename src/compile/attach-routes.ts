// Hangs every route on the service ports that it is for.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service, ServicePort } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteParent } from "#ir/route.ts";
import type { Catalog } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";

export type Attachments = {
  readonly routesOf: ReadonlyMap<ServicePort, ReadonlySet<HttpRoute>>;
  readonly diagnostics: readonly Diagnostic[];
};

export function attachRoutes(catalog: Catalog, routes: readonly HttpRoute[]): Attachments {
  const routesOf = new Map<ServicePort, Set<HttpRoute>>();
  const diagnostics: Diagnostic[] = [];
  for (const route of routes) {
    for (const parent of route.parents) {
      const service = catalog.serviceOf.get(nameKey(parent.service));
      const ports = service ? portsOf(service, parent) : [];
      for (const port of ports) {
        routesOf.set(port, (routesOf.get(port) ?? new Set<HttpRoute>()).add(route));
      }
      if (!service) diagnostics.push(missingService(route, parent, catalog));
      else if (ports.length === 0) diagnostics.push(missingPort(route, parent, service));
    }
  }
  return { routesOf, diagnostics };
}

// A route is about HTTP requests: a port that carries TCP has none.
function portsOf(service: Service, { port: named }: RouteParent): readonly ServicePort[] {
  return service.ports.filter(
    ({ port, protocol }) => protocol !== "tcp" && (named === undefined || named === port),
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
    message: `${refText(origin.ref)} routes nothing: Service ${nameKey(service)} does not exist`,
    remedy: near === undefined ? "Declare the service." : `Did you mean ${near}?`,
    origin,
  });
}

function missingPort({ origin }: HttpRoute, parent: RouteParent, service: Service): Diagnostic {
  const http = service.ports.filter(({ protocol }) => protocol !== "tcp").map(({ port }) => port);
  const wanted = parent.port === undefined ? "port for HTTP" : `port ${parent.port} for HTTP`;
  return diagnose({
    code: "WEFT202",
    severity: "warning",
    message: `${refText(origin.ref)} routes nothing: Service ${nameKey(service)} has no ${wanted}`,
    remedy:
      http.length > 0
        ? `Name one of its ports for HTTP: ${http.join(", ")}.`
        : "Set appProtocol: http on the service's port.",
    origin,
  });
}
