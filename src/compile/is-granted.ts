// May an object refer to a Service of another namespace? In Gateway API only if that namespace has
// granted it; other dialects know no such thing. A consumer route needs no grant for Services
// beside the one that it is about: whom it is for can dial them anyhow (conformance suite:
// MeshConsumerRoute).

import type { Name, ReferenceGrant } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";

const GATEWAY_GROUP = "gateway.networking.k8s.io";

export function isGranted(
  grants: readonly ReferenceGrant[],
  { ref }: Origin,
  service: Name,
  parentNamespaces: readonly string[],
): boolean {
  if (ref.group !== GATEWAY_GROUP || ref.namespace === service.namespace) return true;
  if (parentNamespaces.includes(service.namespace)) return true;
  return grants.some(
    ({ namespace, from, to }) =>
      namespace === service.namespace &&
      from.some(
        (each) =>
          each.group === ref.group && each.kind === ref.kind && each.namespace === ref.namespace,
      ) &&
      to.some(
        ({ group, kind, name }) =>
          (group === "" || group === "core") &&
          kind === "Service" &&
          (name === undefined || name === "" || name === service.name),
      ),
  );
}
