// How finely the past is kept, and how long: the finest first. Each slot is made of whole slots of
// the level before it.

import { LIMITS } from "#base/limits.ts";

export type HistoryLevel = {
  readonly slotMs: number;
  readonly keptMs: number;
  // Of all bytes: what one level gathers in a large mesh is not to crowd out the others.
  readonly share: number;
};

export const HISTORY_LEVELS = [
  { slotMs: 1_000, keptMs: LIMITS.historySecondsMs, share: 0.25 },
  { slotMs: 15_000, keptMs: LIMITS.historyQuartersMs, share: 0.25 },
  { slotMs: 60_000, keptMs: LIMITS.historyMinutesMs, share: 0.5 },
] as const satisfies readonly HistoryLevel[];

export function slotOf(atMs: number, slotMs: number): number {
  return Math.floor(atMs / slotMs) * slotMs;
}

// The coarsest level whose slots are no longer than `mostMs`; where that level doesn't reach back
// to `fromMs`, the finest that does, else the coarsest.
export function levelFor(fromMs: number, nowMs: number, mostMs: number): number {
  const last = HISTORY_LEVELS.length - 1;
  const fine = HISTORY_LEVELS.findLastIndex(({ slotMs }) => slotMs <= mostMs);
  const reaching = HISTORY_LEVELS.findIndex(({ keptMs }) => fromMs >= nowMs - keptMs);
  return Math.max(fine, reaching < 0 ? last : reaching, 0);
}
