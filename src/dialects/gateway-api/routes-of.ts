// The routes that one document makes: one for callers everywhere, and one for callers in its own
// namespace where a parent lies in another.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import type { HttpRoute, RouteParent, RouteRule } from "#ir/route.ts";

export function routesOf(
  document: Document,
  parents: readonly RouteParent[],
  rules: readonly RouteRule[],
  layer?: HttpRoute["layer"],
): readonly HttpRoute[] {
  const { namespace, origin } = document;
  const routeFor = (isConsumer: boolean): readonly HttpRoute[] => {
    const own = parents.filter(({ service }) => (service.namespace !== namespace) === isConsumer);
    if (own.length === 0) return [];
    const route: HttpRoute = {
      ...{ origin, dialect: "gateway-api", parents: own, authorities: [] },
      // A route for a service of another namespace holds only for callers in its own.
      consumerNamespace: isConsumer ? namespace : undefined,
      ...{ order: "most-specific", createdAtMs: createdAtMs(document), rules },
      ...(layer && { layer }),
    };
    return [route];
  };
  return [...routeFor(false), ...routeFor(true)];
}
