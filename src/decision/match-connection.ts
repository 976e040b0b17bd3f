// What is known of a connection before anything is read of it but its ClientHello.

import { BlockList, isIP } from "node:net";
import { nameLengthOf } from "./match-authority.ts";

// "*": also who dialled by name.
export type BoundSubnets = { readonly list: BlockList; readonly isForNames: boolean };

export function bindSubnets(subnets: readonly string[]): BoundSubnets {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", bits] = subnet.split("/");
    const family = isIP(address);
    if (family === 0) continue;
    const type = family === 4 ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(address, type);
    else list.addSubnet(address, Number(bits), type);
  }
  return { list, isForNames: subnets.includes("*") };
}

export function isInSubnets({ list, isForNames }: BoundSubnets, authority: string): boolean {
  const host = authority.slice(0, nameLengthOf(authority));
  const address = host.startsWith("[") ? host.slice(1, -1) : host;
  const family = isIP(address);
  if (family === 0) return isForNames;
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}

// `serverName` in lower case; "" for none.
export function isNamed(patterns: readonly string[], serverName: string): boolean {
  return patterns.some((pattern) => {
    if (!pattern.startsWith("*")) return pattern === serverName;
    return serverName.length >= pattern.length && serverName.endsWith(pattern.slice(1));
  });
}
