// Which side of requests an entry of a Telemetry is about: those that a workload makes (CLIENT),
// that it is sent (SERVER), or both.

import type { FieldReader } from "#ir/field-reader.ts";

export type Side = "source" | "destination";

const BOTH: readonly Side[] = ["source", "destination"];
const MODES = ["CLIENT_AND_SERVER", "CLIENT", "SERVER"] as const;

// Of the entry's `match`; none where it can't be read.
export function readSides(match: FieldReader | undefined): readonly Side[] {
  if (!match) return BOTH;
  const mode = match.choice("mode", MODES);
  if (mode === undefined) return match.has("mode") ? [] : BOTH;
  if (mode === "CLIENT_AND_SERVER") return BOTH;
  return [mode === "CLIENT" ? "source" : "destination"];
}
