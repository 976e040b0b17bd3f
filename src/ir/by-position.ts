// Diagnostics of one file in the order of the text, as one reads it.

import type { Diagnostic } from "./diagnostic.ts";

export function byPosition({ position: a }: Diagnostic, { position: b }: Diagnostic): number {
  if (!a || !b) return 0;
  return a.line === b.line ? a.column - b.column : a.line - b.line;
}
