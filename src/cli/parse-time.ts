// A moment as people write it -> milliseconds since 1970: "2h" (ago), "10:30" (today, or yesterday
// where that is yet to come; local time), "2026-11-30T10:30:00Z".

import { InvalidArgumentError } from "commander";
import { systemClock } from "#base/clock.ts";
import { durationOf } from "./parse-window.ts";

const DAY_MS = 86_400_000;

export function parseTime(text: string, _before?: unknown, nowMs = systemClock.wallMs()): number {
  const ago = durationOf(text.replace(/^-/, ""));
  if (ago !== undefined) return nowMs - ago;
  const [, hours, minutes, seconds = "0"] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (hours !== undefined) {
    const then = new Date(nowMs).setHours(Number(hours), Number(minutes), Number(seconds), 0);
    return then > nowMs ? then - DAY_MS : then;
  }
  const parsed = /^\d{4}-\d{2}-\d{2}([T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isFinite(parsed)) return parsed;
  const right = 'must be like "2h" (ago), "10:30" or "2026-11-30T10:30"';
  throw new InvalidArgumentError(`${right}. For workloads there are --from and --to`);
}
