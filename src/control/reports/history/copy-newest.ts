// Takes the newest blocks of a level of one store into another, with the names that they use, as
// many as fit into memory. What the other has of the same time is replaced.

import { LIMITS } from "#base/limits.ts";
import { decodeBlock } from "./history-block.ts";
import { HISTORY_LEVELS } from "./history-levels.ts";
import type { HistoryStore } from "./history-store.ts";
import { renamedBlock } from "./renamed-block.ts";

export function copyNewest(
  from: HistoryStore,
  to: HistoryStore,
  level: number,
  nowMs: number,
): void {
  const numberOf = (name: number) => {
    const text = from.names.textOf(name);
    return text === undefined ? undefined : to.names.numberOf(text, nowMs);
  };
  to.transaction(() => {
    let bytesLeft = LIMITS.historyMemoryBytesMax * HISTORY_LEVELS[level]!.share;
    for (const { startMs, data } of from.newest(level)) {
      bytesLeft -= data.length;
      if (bytesLeft < 0) return;
      to.restore(level, startMs, renamedBlock(decodeBlock(data), numberOf));
    }
  });
}
