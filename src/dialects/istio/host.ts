// Host names of Istio's objects: short ones are services of the object's own namespace.

import { isHostName } from "#ir/host-name.ts";
import type { ServiceRef } from "#ir/model.ts";
import { isDnsLabel } from "#ir/read-document.ts";

export const HOST_EXPECTED =
  '"name", "name.namespace.svc.cluster.local", or a host that a ServiceEntry declares';

// Undefined for what is no host. Patterns ("*.example.com", "*") are for whoever allows them.
export function serviceOfHost(
  host: string,
  namespace: string,
  allows: "names" | "patterns" = "names",
): ServiceRef | undefined {
  const lower = host.toLowerCase();
  const [name = "", space = namespace, ...more] = lower.split(".");
  const suffix = more.join(".");
  const isService = suffix === "" || suffix === "svc" || suffix === "svc.cluster.local";
  if (isService && isDnsLabel(name) && isDnsLabel(space)) {
    // "example.com" may mean a service "example" in the namespace "com", and rarely does.
    const isAmbiguous = suffix === "" && lower.includes(".");
    return { namespace: space, name, ...(isAmbiguous && { host: lower }) };
  }
  if (!isHostName(lower, allows)) return undefined;
  return { namespace, name: lower, host: lower };
}
