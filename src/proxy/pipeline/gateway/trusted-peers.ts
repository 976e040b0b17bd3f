// Ranges of addresses whose word is taken.

import { BlockList } from "node:net";
import { clientAddress } from "./client-address.ts";

export type TrustedPeers = { includes(address: string): boolean };

const RANGE = /^(?<address>[0-9a-fA-F:.]+)\/(?<bits>\d{1,3})$/;

// A string is the sentence's end that says what is wrong. One list for each family: in a common one
// "::/0" would take IPv4, too.
export function trustedPeers(ranges: readonly string[]): TrustedPeers | string {
  const ip4 = new BlockList();
  const ip6 = new BlockList();
  for (const range of ranges) {
    const { address = "", bits = "" } = RANGE.exec(range)?.groups ?? {};
    try {
      if (address.includes(":")) ip6.addSubnet(address, Number(bits), "ipv6");
      else ip4.addSubnet(address, Number(bits), "ipv4");
    } catch {
      return `"${range}" is no range of addresses such as 10.0.0.0/8`;
    }
  }
  return {
    includes(text: string): boolean {
      const address = clientAddress({ address: text });
      return address.includes(":") ? ip6.check(address, "ipv6") : ip4.check(address, "ipv4");
    },
  };
}
