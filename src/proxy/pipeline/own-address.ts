// Where others reach this proxy. In a pod it listens on all addresses, and is told its own.

import type { ProxySettings } from "./proxy-settings.ts";

export function ownAddress({ interception, mesh }: ProxySettings): string {
  return interception?.addresses[0] ?? mesh.address;
}
