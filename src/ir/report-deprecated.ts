// A field, or a value of it, that its dialect has given up and that still means something.

import type { FieldReader } from "./field-reader.ts";

// `reading`: what it is taken for.
export function reportDeprecated(reader: FieldReader, name: string, reading: string): void {
  const message = `Deprecated: ${reading}`;
  reader.report([name], { severity: "info", code: "WEFT108", message });
}
