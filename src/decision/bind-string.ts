// What a text must be, as requests are held against it.

import { Pattern } from "#base/pattern.ts";
import type { StringMatchPlan } from "#snapshot/plan.ts";
import type { BoundString } from "./bound-outbound.ts";
import { wireText } from "./wire-text.ts";

export function bindString(match: StringMatchPlan): BoundString {
  const { kind } = match;
  if (kind === "present") return { kind, value: "", pattern: undefined };
  if (kind !== "regex") return { kind, value: wireText(match.value), pattern: undefined };
  return { kind, value: match.value, pattern: readPattern(match.value) };
}

// Documents' mistakes are found by their dialects. What still isn't one, in a plan from elsewhere,
// matches nothing.
export function readPattern(source: string): Pattern | undefined {
  const reading = Pattern.read(source);
  return reading.kind === "pattern" ? reading.pattern : undefined;
}
