// rules[].backendRefs[] of an HTTPRoute. A backend that can't be used keeps its share of the
// requests, which are answered with an error: so the specification has it.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteBackend } from "#ir/route.ts";
import { readBackendObject } from "./backend-object.ts";
import { readFilters } from "./route-filters.ts";
import { nothingFound } from "./shape-found.ts";

const WEIGHT_MAX = 1_000_000;

export function readBackendRefs(rule: FieldReader, namespace: string): readonly RouteBackend[] {
  return rule.list("backendRefs").map((reader) => readBackendRef(reader, namespace));
}

function readBackendRef(reader: FieldReader, namespace: string): RouteBackend {
  const weight = reader.integer("weight", 0, WEIGHT_MAX) ?? 1;
  const found = nothingFound(true, false);
  const refusal = readFilters(reader, found);
  const service = readBackendObject(reader, namespace);
  if (refusal !== undefined) return { kind: "invalid", reason: refusal, weight };
  if (typeof service === "string") return { kind: "invalid", reason: service, weight };
  const backend = { kind: "service", ...service, subset: undefined, weight } as const;
  return { ...backend, origin: reader.origin, ...(found.shape && { shape: found.shape }) };
}
