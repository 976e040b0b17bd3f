// The service that a document means.

import { matchesHost } from "#ir/host-name.ts";
import { nameKey, type Service, type ServiceRef } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import type { Catalog } from "./catalog.ts";
import { hostOf } from "./host-of.ts";

type Sight = Pick<Catalog, "hostOf" | "serviceOf">;

// `from`: who refers to it. Undefined where there is none, or none that is exported to there.
export function findService(
  { hostOf: hosts, serviceOf }: Sight,
  ref: ServiceRef,
  from: Origin,
): Service | undefined {
  const { namespace } = from.ref;
  const known = ref.host === undefined ? [] : (hosts.get(ref.host) ?? []);
  const visible = known.filter(({ exportTo }) => isExported(exportTo, namespace));
  const found = visible.find((service) => service.namespace === namespace) ?? visible[0];
  if (found) return found;
  const service = serviceOf.get(nameKey(ref));
  return service && isExported(service.exportTo, namespace) ? service : undefined;
}

// All that a pattern means, or the one. With how many characters each is named: more win.
export function findServices(
  catalog: Pick<Catalog, "hostOf" | "serviceOf" | "services">,
  ref: ServiceRef,
  from: Origin,
): readonly { readonly service: Service; readonly specificity: number }[] {
  const { host } = ref;
  if (host?.startsWith("*")) {
    return catalog.services
      .filter((service) => isExported(service.exportTo, from.ref.namespace))
      .filter((service) => matchesHost(host, hostOf(service)))
      .map((service) => ({ service, specificity: host.length }));
  }
  const service = findService(catalog, ref, from);
  if (service) return [{ service, specificity: Number.POSITIVE_INFINITY }];
  return [];
}

export function isExported(exportTo: readonly string[] | undefined, namespace: string): boolean {
  return exportTo === undefined || exportTo.includes(namespace);
}
