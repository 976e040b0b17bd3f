// Namespace (v1): accepted, since documents made for a cluster have them. Every namespace that an
// object names exists here.

import type { Document } from "#ir/document.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";

export function translateNamespace(document: Document): Translation {
  return translateFields(document, (root) => {
    root.inside("spec").accept("finalizers");
    return {};
  });
}
