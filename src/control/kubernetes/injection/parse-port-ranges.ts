// "22,8000-8010,metrics": ports, ranges of ports, and names of the pod's own ports.

import type { PortRange } from "#snapshot/pod-settings.ts";

const PORT_MAX = 65_535;
const RANGES_MAX = 64; // each becomes a rule of iptables
const RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/;

// Undefined where any part of it is none.
export function parsePortRanges(
  text: string,
  named: ReadonlyMap<string, number>,
): readonly PortRange[] | undefined {
  const parts = text.split(",").map((part) => part.trim());
  if (text.trim() === "") return [];
  if (parts.length > RANGES_MAX) return undefined;
  const ranges = parts.map((part) => rangeOf(part, named));
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

function rangeOf(part: string, named: ReadonlyMap<string, number>): PortRange | undefined {
  const found = RANGE.exec(part);
  if (!found) {
    const port = named.get(part);
    return port === undefined ? undefined : [port, port];
  }
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  return first >= 1 && first <= last && last <= PORT_MAX ? [first, last] : undefined;
}
