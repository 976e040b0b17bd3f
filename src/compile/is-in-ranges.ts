// Is an address one of some, or in one of some ranges ("10.0.0.7", "10.0.0.0/8")?

import { BlockList, isIP } from "node:net";

export function isInRanges(ranges: readonly string[], address: string): boolean {
  return inRanges(ranges)(address);
}

// For who asks about the same ranges again and again.
export function inRanges(ranges: readonly string[]): (address: string) => boolean {
  // Each family by itself: "::/0" has no IPv4 address.
  const [four, six] = [listOf(ranges, 4), listOf(ranges, 6)];
  return (address) => {
    const family = isIP(address);
    if (family === 0) return false;
    return family === 4 ? four.check(address, "ipv4") : six.check(address, "ipv6");
  };
}

function listOf(ranges: readonly string[], family: 4 | 6): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [start = "", bits = family === 4 ? "32" : "128"] = range.split("/");
    if (isIP(start) === family) list.addSubnet(start, Number(bits), `ipv${family}`);
  }
  return list;
}
