// A field that is a regular expression. Undefined where it is absent, or reported.

import { Pattern } from "#base/pattern.ts";
import type { FieldReader } from "./field-reader.ts";

export function readPattern(reader: FieldReader, name: string): string | undefined {
  const source = reader.text(name, "a regular expression");
  if (source === undefined) return undefined;
  const reading = Pattern.read(source);
  if (reading.kind === "pattern") return source;
  reader.invalid(name, reading.expected);
  return undefined;
}
