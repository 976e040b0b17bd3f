// What an API server would not let in: one place in a document, what is there and what is right.

import type { FieldPath } from "#ir/document.ts";

export type SchemaFinding = {
  readonly path: FieldPath;
  // WEFT105: no such field. WEFT106: the value doesn't fit.
  readonly code: "WEFT105" | "WEFT106";
  readonly message: string;
  readonly remedy: string | undefined;
};
