// Objects as people ask for them: how each fares, what a Service's ports speak, by which addresses
// the hosts of a ServiceEntry are dialled, and how a route of Gateway API fares with its parents.

import type { HostStatus } from "#api/host-status.ts";
import type { ObjectQuery, ObjectStatus } from "#api/object-status.ts";
import type { Catalog } from "#compile/catalog.ts";
import { routeStatus } from "#insight/route-status.ts";
import { nameKey, type Service } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { ControlPlane } from "./control-plane.ts";
import { objectRows } from "./object-rows.ts";

type Sight = Pick<ControlPlane, "documents" | "diagnostics" | "model" | "catalog" | "servicePorts">;

export function describeObjects(plane: Sight, query: ObjectQuery): readonly ObjectStatus[] {
  const { model, catalog, servicePorts } = plane;
  const services = new Map(model.services.map((service) => [nameKey(service), service]));
  const routesOf = Map.groupBy(model.routes, ({ origin }) => refText(origin.ref));
  const hostsOf = Map.groupBy(
    model.services.filter(({ host }) => host !== undefined),
    ({ origin }) => refText(origin.ref),
  );
  return objectRows(plane.documents, plane.diagnostics, query, (document, own) => {
    const { ref } = document.origin;
    const service = ref.group === "" && ref.kind === "Service" && services.get(nameKey(ref));
    if (service) return { ports: servicePorts.of(service) };
    const entered = hostsOf.get(refText(ref));
    if (entered) return { hosts: entered.map((each) => hostStatus(catalog, each)) };
    const routes = routesOf.get(refText(ref)) ?? [];
    const parents = routeStatus(document, own, routes, catalog);
    return parents ? { parents } : {};
  });
}

// As the object has it that counts for the host.
function hostStatus({ allocated, hostOf }: Catalog, entered: Service): HostStatus {
  const { host = "", namespace } = entered;
  const service = hostOf.get(host)?.find((each) => each.namespace === namespace) ?? entered;
  const own = allocated.get(service);
  const addresses = own === undefined ? (service.addresses ?? []) : [own];
  return { host, addresses, isAllocated: own !== undefined };
}
