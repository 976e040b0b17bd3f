// "90s", "2m", "500ms" -> milliseconds.

import { InvalidArgumentError } from "commander";
import { parseDurationMs } from "#ir/duration.ts";

export function parseDuration(text: string): number {
  const durationMs = parseDurationMs(text);
  if (durationMs !== undefined && durationMs > 0) return durationMs;
  throw new InvalidArgumentError('must be like "90s" or "2m"');
}
