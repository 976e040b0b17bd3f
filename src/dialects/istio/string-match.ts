// StringMatch: exactly one of exact, prefix, regex.

import type { FieldReader } from "#ir/field-reader.ts";
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
  reader.unsupported("error", NO_REQUEST, "regex");
  if (exact !== undefined && prefix !== undefined) reader.invalid("prefix", "absent beside exact");
  if (exact !== undefined) return { kind: "exact", value: exact };
  if (prefix !== undefined) return { kind: "prefix", value: prefix };
  if (!reader.has("regex") && !empty) reader.require("exact", "exact or prefix");
  return empty;
}
