// Annotations of ours that mean nothing: most often a slip of the keyboard.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { refText } from "#ir/origin.ts";

const PREFIX = "weft.dev/";
const KNOWN = ["weft.dev/joinable", "weft.dev/retry-unsafe"];

export function checkAnnotations(documents: readonly Document[]): Diagnostic[] {
  return documents.flatMap((document) => {
    const { ref } = document.origin;
    const unknown = [...document.annotations.keys()].filter(
      (name) => name.startsWith(PREFIX) && !KNOWN.includes(name),
    );
    return unknown.map((name): Diagnostic => {
      const near = nearestName(name, KNOWN);
      return {
        severity: "warning",
        code: "WEFT228",
        message: `${refText(ref)} has an annotation that means nothing: ${name}`,
        remedy: near === undefined ? `Known are ${KNOWN.join(", ")}.` : `Did you mean ${near}?`,
        ref,
        field: `metadata.annotations["${name}"]`,
        position: document.position(["metadata", "annotations", name]),
      };
    });
  });
}
