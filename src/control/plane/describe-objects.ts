// Objects as people ask for them: how each fares, what a Service's ports speak, and how a route of
// Gateway API fares with its parents.

import type { ObjectQuery, ObjectStatus } from "#api/object-status.ts";
import { buildCatalog } from "#compile/catalog.ts";
import { declareProtocols } from "#compile/declare-protocols.ts";
import { routeStatus } from "#insight/route-status.ts";
import { nameKey } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { ControlPlane } from "./control-plane.ts";
import { objectRows } from "./object-rows.ts";

type Sight = Pick<ControlPlane, "documents" | "diagnostics" | "model" | "servicePorts">;

export function describeObjects(plane: Sight, query: ObjectQuery): readonly ObjectStatus[] {
  const { model, servicePorts } = plane;
  const services = new Map(model.services.map((service) => [nameKey(service), service]));
  const routesOf = Map.groupBy(model.routes, ({ origin }) => refText(origin.ref));
  const catalog = buildCatalog(declareProtocols(model), []);
  return objectRows(plane.documents, plane.diagnostics, query, (document, own) => {
    const { ref } = document.origin;
    const service = ref.group === "" && ref.kind === "Service" && services.get(nameKey(ref));
    if (service) return { ports: servicePorts.of(service) };
    const routes = routesOf.get(refText(ref)) ?? [];
    const parents = routeStatus(document, own, routes, catalog);
    return parents ? { parents } : {};
  });
}
