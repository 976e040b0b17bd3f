// Is an address one of some, or in one of some ranges ("10.0.0.7", "10.0.0.0/8")?

import { BlockList, isIP } from "node:net";

export function isInRanges(ranges: readonly string[], address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  for (const range of ranges) {
    const [start = "", bits = family === 4 ? "32" : "128"] = range.split("/");
    if (isIP(start) === family) list.addSubnet(start, Number(bits), type);
  }
  return list.check(address, type);
}
