// A field that is a duration, as Istio and Gateway API write it.

import { parseDurationMs } from "./duration.ts";
import type { FieldReader } from "./field-reader.ts";

const DAY_MS = 86_400_000;
const LONGEST_MS = 365 * DAY_MS;

// Undefined where it is absent, or reported.
export function readDurationMs(
  reader: FieldReader,
  name: string,
  leastMs = 0,
  mostMs = LONGEST_MS,
): number | undefined {
  const text = reader.text(name, 'a duration such as "1m30s"');
  if (text === undefined) return undefined;
  const durationMs = parseDurationMs(text);
  if (durationMs === undefined) {
    reader.invalid(name, 'a duration such as "1m30s"', 'Write hours, minutes and seconds: "90s".');
  } else if (durationMs < leastMs || durationMs > mostMs) {
    reader.invalid(name, `a duration from ${leastMs} ms to ${mostMs} ms`);
  } else return durationMs;
  return undefined;
}
