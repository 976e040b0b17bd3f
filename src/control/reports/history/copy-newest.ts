// Takes the newest blocks of a level of one store into another, with the names that they use, as
// many as fit into memory. What the other has of the same time is replaced.

import { LIMITS } from "#base/limits.ts";
import { decodeBlock, type HistoryBlock } from "./history-block.ts";
import { HISTORY_LEVELS } from "./history-levels.ts";
import type { HistoryStore } from "./history-store.ts";

export function copyNewest(
  from: HistoryStore,
  to: HistoryStore,
  level: number,
  nowMs: number,
): void {
  to.transaction(() => {
    let bytesLeft = LIMITS.historyMemoryBytesMax * HISTORY_LEVELS[level]!.share;
    for (const { startMs, data } of from.newest(level)) {
      bytesLeft -= data.length;
      if (bytesLeft < 0) return;
      to.restore(level, startMs, renamed(decodeBlock(data), from, to, nowMs));
    }
  });
}

function renamed(
  { series, processes }: HistoryBlock,
  from: HistoryStore,
  to: HistoryStore,
  nowMs: number,
): HistoryBlock {
  const rename = <Point extends { readonly name: number }>(points: readonly Point[]): Point[] =>
    points.flatMap((point) => {
      const text = from.names.textOf(point.name);
      return text === undefined ? [] : [{ ...point, name: to.names.numberOf(text, nowMs) }];
    });
  return { series: rename(series), processes: rename(processes) };
}
