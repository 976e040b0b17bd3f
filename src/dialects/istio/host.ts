// Host names of Istio's objects: short ones are services of the object's own namespace.

import type { Name } from "#ir/model.ts";
import { isDnsLabel } from "#ir/read-document.ts";

export const HOST_EXPECTED =
  '"name", "name.namespace" or "name.namespace.svc.cluster.local" (hosts outside the mesh and ' +
  "wildcards are not supported)";

// Undefined for what is no service of the mesh.
export function serviceOfHost(host: string, namespace: string): Name | undefined {
  const [name = "", space = namespace, ...more] = host.toLowerCase().split(".");
  const suffix = more.join(".");
  const isService = suffix === "" || suffix === "svc" || suffix === "svc.cluster.local";
  if (!isService || !isDnsLabel(name) || !isDnsLabel(space)) return undefined;
  return { namespace: space, name };
}
