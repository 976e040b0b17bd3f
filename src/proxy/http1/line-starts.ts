// How a field line begins, by the field's name, for names that occur in nearly every head. What is
// written begins with the end of the line before it, so that a line is two pieces, not four.

import { FIELD_NAMES } from "./field-names.ts";

export const LINE_STARTS: ReadonlyMap<string, string> = new Map(
  FIELD_NAMES.map((name) => [name, `\r\n${name}: `]),
);
