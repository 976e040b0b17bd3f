// HTTPRoute (gateway.networking.k8s.io) with Services as parents, as GAMMA has it.

import { createdAtMs } from "#ir/created-at.ts";
import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { HttpRoute, RouteBackend, RouteMatch, RouteRule } from "#ir/route.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";
import { readBackendRefs } from "./backend-refs.ts";
import { readParentRefs } from "./parent-refs.ts";
import { readFilters } from "./route-filters.ts";
import { readRouteMatch } from "./route-match.ts";

export function translateHttpRoute(document: Document): Translation {
  return translateFields(document, readHttpRoute);
}

function readHttpRoute(root: FieldReader, document: Document) {
  const { namespace, origin } = document;
  const spec = root.inside("spec");
  const parents = readParentRefs(spec, namespace);
  const rules = readRules(spec, namespace);
  const ignored = "a Service as parent is matched by its name alone";
  spec.unsupported("warning", ignored, "hostnames");
  spec.unsupported("warning", "every parent is taken", "useDefaultGateways");
  const routeFor = (isConsumer: boolean): readonly HttpRoute[] => {
    const own = parents.filter(({ service }) => (service.namespace !== namespace) === isConsumer);
    if (own.length === 0) return [];
    const route: HttpRoute = {
      ...{ origin, dialect: "gateway-api", parents: own, authorities: [] },
      // A route for a service of another namespace holds only for callers in its own.
      consumerNamespace: isConsumer ? namespace : undefined,
      ...{ order: "most-specific", createdAtMs: createdAtMs(document), rules },
    };
    return [route];
  };
  return { routes: [...routeFor(false), ...routeFor(true)] };
}

function readRules(spec: FieldReader, namespace: string): readonly RouteRule[] {
  // The API server's default: one rule for everything.
  if (!spec.has("rules")) spec.require("rules", "a list of rules");
  return spec.list("rules").flatMap((reader, index) => {
    // What isn't even an object takes no request.
    if (!reader.isSound) return [];
    const name = reader.text("name") ?? "";
    const matches = readMatches(reader);
    const backends = readBackends(reader, namespace);
    reader.unsupported("warning", "only requests that no endpoint has seen are retried", "retry");
    reader.unsupported("warning", "any endpoint may take the next request", "sessionPersistence");
    reader.unsupported("warning", "requests have no time limit of their own", "timeouts");
    return matches ? [{ name, index, origin: reader.origin, matches, backends }] : [];
  });
}

// Undefined: no match could be honoured, so the rule takes no request. (An empty list would take
// every one.)
function readMatches(reader: FieldReader): readonly RouteMatch[] | undefined {
  const readers = reader.list("matches");
  const matches = readers.flatMap((each) => readRouteMatch(each) ?? []);
  return readers.length > 0 && matches.length === 0 ? undefined : matches;
}

function readBackends(reader: FieldReader, namespace: string): readonly RouteBackend[] {
  const backends = readBackendRefs(reader, namespace);
  const refusal = readFilters(reader);
  if (refusal !== undefined) return [{ kind: "invalid", reason: refusal, weight: 1 }];
  if (backends.length === 0 && !reader.has("backendRefs")) {
    const message = "The rule has no backend: requests that it takes get an error";
    const remedy = "Name the service in backendRefs.";
    reader.report(["backendRefs"], { severity: "warning", code: "WEFT106", message, remedy });
  }
  return backends;
}
