// Hot path.

import type { AliasTable } from "./alias-table.ts";

// `draw` in [0, 1); what is not counts as 0. Of an empty table 0.
export function pickWeighted({ keep, other }: AliasTable, draw: number): number {
  const count = keep.length;
  if (count < 2) return 0;
  const at = draw >= 0 && draw < 1 ? draw * count : 0;
  // Rounding may lift a draw just below 1 to `count`.
  const column = Math.min(Math.floor(at), count - 1);
  return at - column < keep[column]! ? column : other[column]!;
}
