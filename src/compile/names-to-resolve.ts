// The host names whose addresses somebody has to find: each once, in order.

import type { Model, OutsideAddress } from "#ir/model.ts";
import { compareText } from "./compare.ts";
import { CLUSTER_DOMAIN, hostOf } from "./host-of.ts";

export function namesToResolve(model: Model): readonly string[] {
  const { outsides, entries = [], services } = model;
  const hosts = new Set<string>();
  const add = ({ address, resolution }: OutsideAddress) => {
    if (resolution !== undefined) hosts.add(address);
  };
  for (const { addresses } of outsides) addresses.forEach(add);
  for (const { endpoint } of entries) add(endpoint);
  if (hosts.size === 0) return [];
  // An ExternalName may lead to a service of the mesh.
  const own = new Set(services.map(hostOf));
  return [...hosts].filter((host) => !isOfCluster(host, own)).sort(compareText);
}

function isOfCluster(host: string, own: ReadonlySet<string>): boolean {
  return host.endsWith(`.svc.${CLUSTER_DOMAIN}`) && own.has(host);
}
