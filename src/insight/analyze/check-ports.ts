// Ports that routes and services are vague or wrong about.

import type { Catalog } from "#compile/catalog.ts";
import { diagnose } from "#compile/diagnose.ts";
import { findServices } from "#compile/find-service.ts";
import { serviceText } from "#compile/service-text.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteRule } from "#ir/route.ts";

export function checkPorts(catalog: Catalog, routes: readonly HttpRoute[]): Diagnostic[] {
  return [
    ...catalog.services.flatMap(checkDeclared),
    ...routes.flatMap((route) => checkMatched(catalog, route)),
  ];
}

function checkDeclared(service: Service): Diagnostic[] {
  return service.ports
    .filter(({ protocol }) => protocol === "detect")
    .map(({ port }) =>
      diagnose({
        code: "WEFT227",
        severity: "info",
        message: `No document says what ${serviceText(service)} port ${port} speaks`,
        remedy: 'Set its appProtocol ("http", "http2", "grpc", "tcp").',
        origin: service.origin,
      }),
    );
}

// A match for a port that none of the route's services has.
function checkMatched(catalog: Catalog, route: HttpRoute): Diagnostic[] {
  const services = route.parents.flatMap((parent) =>
    findServices(catalog, parent.service, route.origin).map(({ service }) => service),
  );
  if (services.length === 0) return []; // said already
  const known = new Set(services.flatMap(({ ports }) => ports.map(({ port }) => port)));
  return route.rules.flatMap((rule) =>
    portsOf(rule)
      .filter((port) => !known.has(port))
      .map((port) =>
        diagnose({
          code: "WEFT202",
          severity: "warning",
          message:
            `${refText(rule.origin.ref)} rule ${rule.index} matches port ${port}, which ` +
            `${services.map(serviceText).join(" and ")} doesn't have`,
          remedy: `Name one of its ports: ${[...known].join(", ")}.`,
          origin: rule.origin,
        }),
      ),
  );
}

function portsOf({ matches }: RouteRule): number[] {
  return [...new Set(matches.flatMap(({ port }) => port ?? []))];
}
