// A block with other numbers for its names; points without one are left out.

import type { HistoryBlock } from "./history-block.ts";

export function renamedBlock(
  { series, processes }: HistoryBlock,
  numberOf: (name: number) => number | undefined,
): HistoryBlock {
  const rename = <Point extends { readonly name: number }>(points: readonly Point[]): Point[] =>
    points.flatMap((point) => {
      const name = numberOf(point.name);
      return name === undefined ? [] : [{ ...point, name }];
    });
  return { series: rename(series), processes: rename(processes) };
}
