// "30s", "5m", "2h", "7d" -> milliseconds, from a second to all that is kept.

import { InvalidArgumentError } from "commander";
import { LIMITS } from "#base/limits.ts";

const UNITS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function parseWindow(text: string): number {
  const windowMs = durationOf(text);
  if (windowMs !== undefined && windowMs >= 1000 && windowMs <= LIMITS.historyMinutesMs) {
    return windowMs;
  }
  throw new InvalidArgumentError('must be like "30s", "5m" or "2h", from 1s to 7d');
}

// Undefined where it isn't one.
export function durationOf(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit!]!;
}
