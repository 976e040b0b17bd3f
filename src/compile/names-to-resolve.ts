// The host names whose addresses somebody has to find: each once, in order.

import type { Model } from "#ir/model.ts";
import { compareText } from "./compare.ts";

export function namesToResolve({ outsides, entries = [] }: Model): readonly string[] {
  const addresses = [
    ...outsides.flatMap((outside) => outside.addresses),
    ...entries.map(({ endpoint }) => endpoint),
  ];
  const named = addresses.filter(({ resolution }) => resolution !== undefined);
  return [...new Set(named.map(({ address }) => address))].sort(compareText);
}
