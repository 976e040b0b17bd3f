// rules[].backendRefs[] of an HTTPRoute. A backend that can't be used keeps its share of the
// requests, which are answered with an error: so the specification has it.

import type { FieldReader } from "#ir/field-reader.ts";
import { isDnsLabel } from "#ir/read-document.ts";
import type { RouteBackend } from "#ir/route.ts";
import { readFilters } from "./route-filters.ts";

const WEIGHT_MAX = 1_000_000;

export function readBackendRefs(rule: FieldReader, namespace: string): readonly RouteBackend[] {
  return rule.list("backendRefs").map((reader) => readBackendRef(reader, namespace));
}

function readBackendRef(reader: FieldReader, namespace: string): RouteBackend {
  const weight = reader.integer("weight", 0, WEIGHT_MAX) ?? 1;
  const refusal = readFilters(reader);
  const service = readService(reader, namespace);
  if (refusal !== undefined) return { kind: "invalid", reason: refusal, weight };
  if (typeof service === "string") return { kind: "invalid", reason: service, weight };
  return { kind: "service", ...service, subset: undefined, weight, origin: reader.origin };
}

// Or why there is none.
function readService(reader: FieldReader, namespace: string) {
  const group = reader.text("group") ?? "";
  const kind = reader.text("kind") ?? "Service";
  const space = reader.text("namespace") ?? namespace;
  reader.require("name", "the service's name");
  const name = reader.text("name");
  const port = reader.integer("port", 1, 65_535);
  if (kind !== "Service" || (group !== "" && group !== "core")) {
    const message = `Not supported: a ${kind} as backend, its requests get an error`;
    reader.report(["kind"], { severity: "error", code: "WEFT104", message });
    return `A ${kind} cannot be a backend yet`;
  }
  if (space !== namespace) {
    reader.report(["namespace"], {
      severity: "error",
      code: "WEFT104",
      message:
        "Not supported: a backend in another namespace needs a ReferenceGrant, which is not read " +
        "yet; its requests get an error",
      remedy: `Route to a Service in namespace ${namespace}.`,
    });
    return `Namespace ${space} has granted no reference from ${namespace}`;
  }
  if (!reader.has("port")) reader.require("port", "the port of the service");
  if (name !== undefined && !isDnsLabel(name)) reader.invalid("name", "the name of a Service");
  if (name === undefined || !isDnsLabel(name) || port === undefined) {
    return "The backend cannot be read";
  }
  return { service: { namespace, name }, port };
}
