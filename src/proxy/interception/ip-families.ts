// Which families of addresses this network namespace has.

import type { RuleFamily } from "./rule-settings.ts";

const SCOPE_AT = 3;
const GLOBAL = "00";

// `interfaces`: /proc/net/if_inet6, undefined where there is none: a kernel without IPv6.
export function ipFamilies(interfaces: string | undefined): {
  // Rules are worth a try.
  readonly hasIPv6: boolean;
  // Without rules, what is dialled over IPv6 would pass the proxy by.
  readonly needsIPv6: boolean;
} {
  const lines = (interfaces ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  return {
    hasIPv6: interfaces !== undefined,
    needsIPv6: lines.some((fields) => fields[SCOPE_AT] === GLOBAL),
  };
}

export function familiesToProve(interfaces: string | undefined): readonly RuleFamily[] {
  return ipFamilies(interfaces).needsIPv6 ? ["IPv4", "IPv6"] : ["IPv4"];
}
