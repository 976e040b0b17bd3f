// The frame of every translation: read the fields, then report what was in the document besides.

import { byPosition } from "./by-position.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Document } from "./document.ts";
import { FieldReader } from "./field-reader.ts";
import type { Translation } from "./translation.ts";

export type Translated = Omit<Translation, "diagnostics">;

export function translateFields(
  document: Document,
  read: (root: FieldReader, document: Document) => Translated,
): Translation {
  const diagnostics: Diagnostic[] = [];
  const root = FieldReader.of(document, diagnostics);
  const translated = read(root, document);
  root.finish();
  // In the order of the text, as one reads it.
  return { ...translated, diagnostics: diagnostics.sort(byPosition) };
}
