// "30s", "5m" -> milliseconds, from a second to the quarter of an hour that is kept.

import { InvalidArgumentError } from "commander";
import { LIMITS } from "#base/limits.ts";

export function parseWindow(text: string): number {
  const [, amount = "", unit = ""] = /^(\d{1,4})(s|m)$/.exec(text) ?? [];
  const windowMs = Number(amount) * (unit === "m" ? 60_000 : 1000);
  if (windowMs >= 1000 && windowMs <= LIMITS.reportsKeptMs) return windowMs;
  throw new InvalidArgumentError('must be like "30s" or "5m", from 1s to 15m');
}
