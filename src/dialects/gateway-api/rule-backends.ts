// What becomes of the requests that a rule takes: who gets them, and how they are changed or
// answered.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteBackend, RouteRule } from "#ir/route.ts";
import { readBackendRefs } from "./backend-refs.ts";
import { type MirrorsFound, readFilters } from "./route-filters.ts";
import type { ShapeFound } from "./shape-found.ts";

export function readRuleBackends(
  reader: FieldReader,
  shape: ShapeFound,
  found: MirrorsFound,
): readonly RouteBackend[] {
  const backends = readBackendRefs(reader, found.namespace);
  const refusal = readFilters(reader, shape, found);
  if (refusal !== undefined) {
    shape.reply = undefined;
    return [{ kind: "invalid", reason: refusal, weight: 1 }];
  }
  if (shape.reply) {
    if (backends.length > 0) reader.invalid("backendRefs", "absent beside RequestRedirect");
    return [];
  }
  if (backends.length === 0 && !reader.has("backendRefs")) {
    const message = "The rule has no backend: requests that it takes get an error";
    const remedy = "Name the service in backendRefs.";
    reader.report(["backendRefs"], { severity: "warning", code: "WEFT106", message, remedy });
  }
  return backends;
}

export function changes({ shape, reply }: ShapeFound): Pick<RouteRule, "shape" | "reply"> {
  return { ...(shape && { shape }), ...(reply && { reply }) };
}
