// Changes to an object, one after the other: what the API server is told (RFC 6902), and what
// `weft inject` does to a text of YAML so that comments stay.

import type { FieldPath, Json } from "#ir/document.ts";

export type PatchOperation =
  // Into a list at an index moves what follows; "-" appends.
  | { readonly op: "add" | "replace"; readonly path: FieldPath; readonly value: Json }
  | { readonly op: "remove"; readonly path: FieldPath };

export type Patch = readonly PatchOperation[];
