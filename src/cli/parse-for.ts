// "250ms", "30s" or "5m" -> milliseconds.

import { InvalidArgumentError } from "commander";
import { parseDurationMs } from "#ir/duration.ts";

export function parseFor(text: string): number {
  const ms = /^\d{1,6}(ms|s|m|h)$/.test(text) ? parseDurationMs(text) : undefined;
  if (ms === undefined) throw new InvalidArgumentError("must be like 30s or 5m");
  return ms;
}
