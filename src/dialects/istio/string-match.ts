// StringMatch: exactly one of exact, prefix, regex.

import type { FieldReader } from "#ir/field-reader.ts";
import { readPattern } from "#ir/read-pattern.ts";
import type { StringMatch } from "#ir/route.ts";

export const NO_REQUEST = "this match takes no request";

// `empty`: what an empty one means; undefined where it is a mistake. An unsound reader says that
// the match can't be honoured.
export function readStringMatch(
  reader: FieldReader,
  empty: StringMatch | undefined,
): StringMatch | undefined {
  const exact = reader.text("exact");
  const prefix = reader.text("prefix");
  const regex = readPattern(reader, "regex");
  if (exact !== undefined && prefix !== undefined) reader.invalid("prefix", "absent beside exact");
  if (reader.has("regex") && (exact ?? prefix) !== undefined) {
    reader.invalid("regex", "absent beside exact or prefix");
  }
  if (exact !== undefined) return { kind: "exact", value: exact };
  if (prefix !== undefined) return { kind: "prefix", value: prefix };
  if (regex !== undefined) return { kind: "regex", value: regex };
  if (!reader.has("regex") && !empty) reader.require("exact", "exact, prefix or regex");
  return empty;
}
