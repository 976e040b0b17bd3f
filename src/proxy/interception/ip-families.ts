// Which families of addresses this network namespace has.

import type { RuleFamily } from "./rule-settings.ts";

const SCOPE_AT = 3;
const GLOBAL = "00";
const HOST = "10"; // ::1

// `interfaces`: /proc/net/if_inet6, undefined where there is none: a kernel without IPv6.
export function ipFamilies(interfaces: string | undefined): {
  // Rules are worth a try.
  readonly hasIPv6: boolean;
  // Somebody can listen: it isn't switched off (net.ipv6.conf.all.disable_ipv6).
  readonly listensIPv6: boolean;
  // Without rules, what is dialled over IPv6 would pass the proxy by.
  readonly needsIPv6: boolean;
} {
  const lines = (interfaces ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  return {
    hasIPv6: interfaces !== undefined,
    listensIPv6: lines.some((fields) => fields[SCOPE_AT] === HOST),
    needsIPv6: lines.some((fields) => fields[SCOPE_AT] === GLOBAL),
  };
}

export function familiesToProve(interfaces: string | undefined): readonly RuleFamily[] {
  return ipFamilies(interfaces).needsIPv6 ? ["IPv4", "IPv6"] : ["IPv4"];
}
