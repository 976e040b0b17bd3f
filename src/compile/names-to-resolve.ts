// The host names whose addresses somebody has to find: each once, in order.

import type { Model } from "#ir/model.ts";
import { compareText } from "./compare.ts";
import { CLUSTER_DOMAIN, hostOf } from "./host-of.ts";

export function namesToResolve(model: Model): readonly string[] {
  const { outsides, entries = [], services } = model;
  // An ExternalName may lead to a service of the mesh.
  const own = new Set(services.map(hostOf));
  const addresses = [
    ...outsides.flatMap((outside) => outside.addresses),
    ...entries.map(({ endpoint }) => endpoint),
  ];
  const named = addresses.filter(({ resolution }) => resolution !== undefined);
  const hosts = new Set(named.map(({ address }) => address));
  return [...hosts].filter((host) => !isOfCluster(host, own)).sort(compareText);
}

function isOfCluster(host: string, own: ReadonlySet<string>): boolean {
  return host.endsWith(`.svc.${CLUSTER_DOMAIN}`) && own.has(host);
}
