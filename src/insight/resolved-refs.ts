// Whether the backends and mirrors that a route of Gateway API names are there, and may be named.

import type { RouteCondition } from "#api/route-parent-status.ts";
import type { Catalog } from "#compile/catalog.ts";
import { findService } from "#compile/find-service.ts";
import { isGranted } from "#compile/is-granted.ts";
import { serviceText } from "#compile/service-text.ts";
import type { Document, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import type { HttpRoute, RouteBackend } from "#ir/route.ts";

const CORE = ["", "core"];

// The first thing that is wrong counts, kinds before grants before existence.
export function resolvedRefs(
  { spec }: Document,
  routes: readonly HttpRoute[],
  catalog: Catalog,
): RouteCondition {
  const kind = invalidKind(spec);
  if (kind !== undefined) return unresolved("InvalidKind", `A ${kind} cannot be a backend`);
  const backends = routes.flatMap(({ rules }) =>
    rules.flatMap((rule) => [
      ...rule.backends,
      ...(rule.traffic?.mirrors ?? []).map(({ backend }) => backend),
    ]),
  );
  const named = backends.filter((backend) => backend.kind === "service");
  const about = routes.flatMap(({ parents }) => parents.map(({ service }) => service.namespace));
  const refused = named.find(
    ({ origin, service }) => !isGranted(catalog.grants, origin, service, about),
  );
  if (refused) {
    const what = serviceText(refused.service);
    const message = `No ReferenceGrant of its namespace allows ${what} as a backend`;
    return unresolved("RefNotPermitted", message);
  }
  const missing = named.flatMap((backend) => missingText(backend, catalog) ?? []);
  if (missing[0] !== undefined) return unresolved("BackendNotFound", missing[0]);
  const message = "All backends are there";
  return { type: "ResolvedRefs", status: "True", reason: "ResolvedRefs", message };
}

type Named = Extract<RouteBackend, { kind: "service" }>;

function missingText({ service: ref, port, origin }: Named, catalog: Catalog): string | undefined {
  const service = findService(catalog, ref, origin);
  if (!service) return `${serviceText(ref)} does not exist`;
  if (port === undefined || service.ports.some((known) => known.port === port)) return undefined;
  return `${serviceText(ref)} has no port ${port}`;
}

// Of backendRefs anywhere in the rules; translating drops such ones.
function invalidKind(value: Json | undefined, isBackend = false): string | undefined {
  if (Array.isArray(value)) {
    const kinds = value.map((each: Json) => invalidKind(each, isBackend));
    return kinds.find((kind) => kind !== undefined);
  }
  if (!isJsonObject(value)) return undefined;
  const { kind = "Service", group = "" } = value;
  if (isBackend && (kind !== "Service" || !CORE.includes(String(group)))) return String(kind);
  for (const [name, inner] of Object.entries(value)) {
    const found = invalidKind(inner, name === "backendRefs" || name === "backendRef");
    if (found !== undefined) return found;
  }
  return undefined;
}

function unresolved(reason: RouteCondition["reason"], message: string): RouteCondition {
  return { type: "ResolvedRefs", status: "False", reason, message };
}
