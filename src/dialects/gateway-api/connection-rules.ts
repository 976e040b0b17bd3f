// rules[] of a TCPRoute or a TLSRoute: where connections go.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteBackend, RouteMatch, RouteRule } from "#ir/route.ts";
import { readBackendObject } from "./backend-object.ts";

const WEIGHT_MAX = 1_000_000;

// `matches`: of every rule.
export function readConnectionRules(
  spec: FieldReader,
  namespace: string,
  matches: readonly RouteMatch[],
): readonly RouteRule[] {
  if (!spec.has("rules")) spec.require("rules", "a list of rules");
  return spec.list("rules").flatMap((reader, index) => {
    if (!reader.isSound) return [];
    const name = reader.text("name") ?? "";
    const backends = reader.list("backendRefs").map((each) => readBackend(each, namespace));
    if (backends.length === 0 && reader.isSound) {
      reader.require("backendRefs", "a list of Services");
    }
    return [{ name, index, origin: reader.origin, matches, backends }];
  });
}

function readBackend(reader: FieldReader, namespace: string): RouteBackend {
  const weight = reader.integer("weight", 0, WEIGHT_MAX) ?? 1;
  const object = readBackendObject(reader, namespace);
  if (typeof object === "string" || !reader.finish()) {
    const reason = typeof object === "string" ? object : "The backend cannot be read";
    return { kind: "invalid", reason, weight };
  }
  return { kind: "service", ...object, subset: undefined, weight, origin: reader.origin };
}
