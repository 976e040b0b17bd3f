// "10.0.0.0/8,fd00::/8": ranges of addresses in CIDR notation; a bare address is a range of one.

import { isIP } from "node:net";

const RANGES_MAX = 64; // each becomes a rule of iptables
const LENGTH = /^\d{1,3}$/;

// Undefined where any part of it is none.
export function parseIpRanges(text: string): readonly string[] | undefined {
  if (text.trim() === "") return [];
  const ranges = text.split(",").map((part) => rangeOf(part.trim()));
  if (ranges.length > RANGES_MAX) return undefined;
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function rangeOf(part: string): string | undefined {
  const [address = "", length, ...rest] = part.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || rest.length > 0) return undefined;
  const lengthMax = family === 4 ? 32 : 128;
  if (length === undefined) return `${address}/${lengthMax}`;
  return LENGTH.test(length) && Number(length) <= lengthMax ? `${address}/${length}` : undefined;
}
