// parentRefs of a route: what it is for. In a mesh that is a Service (GAMMA).

import type { FieldReader } from "#ir/field-reader.ts";
import { isDnsLabel } from "#ir/read-document.ts";
import type { RouteParent } from "#ir/route.ts";

export const GATEWAY_GROUP = "gateway.networking.k8s.io";

export function readParentRefs(spec: FieldReader, namespace: string): readonly RouteParent[] {
  if (!spec.has("parentRefs")) {
    const message = "The route names no parent: it is for nobody, and takes no request";
    const remedy = "Name the Service that it is for in parentRefs.";
    spec.report(["parentRefs"], { severity: "warning", code: "WEFT106", message, remedy });
  }
  return spec.list("parentRefs").flatMap((reader) => {
    const parent = readParentRef(reader, namespace);
    return reader.finish() && parent ? [parent] : [];
  });
}

function readParentRef(reader: FieldReader, namespace: string): RouteParent | undefined {
  const group = reader.text("group") ?? GATEWAY_GROUP;
  const kind = reader.text("kind") ?? "Gateway";
  const name = reader.text("name");
  const space = reader.text("namespace") ?? namespace;
  const port = reader.integer("port", 1, 65_535);
  // Of a Service its port's name; with port beside it both must hold.
  const portName = reader.text("sectionName");
  if (kind === "Service" && group === GATEWAY_GROUP) {
    const remedy = 'Write group: "" beside kind: Service.';
    reader.invalidAt(["group"], group, "the empty group, for a Service", remedy);
  } else if (kind !== "Service" || (group !== "" && group !== "core")) {
    reader.report([], {
      severity: "error",
      code: "WEFT104",
      message: `Not supported: a ${kind} as parent, the route does not apply to it`,
      remedy: 'Name a Service: group "", kind Service.',
    });
  } else if (name === undefined) reader.require("name", "the service's name");
  else if (!isDnsLabel(name) || !isDnsLabel(space)) {
    reader.invalid("name", "the name of a Service");
  } else {
    return {
      service: { namespace: space, name },
      port,
      ...(portName !== undefined && { portName }),
    };
  }
  return undefined;
}
