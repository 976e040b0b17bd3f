// The names of this namespace's network links; of those that a filter of `ip link show` leaves.

import { systemCommand } from "./system-command.ts";

export function links(...filter: readonly string[]): readonly string[] {
  const lines = systemCommand("ip", "-o", "link", "show", ...filter).split("\n");
  // "7: weft4711@if2: <BROADCAST, ..."
  return lines.flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []);
}
