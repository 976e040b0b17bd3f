// A diagnostic as one line for a terminal, in the form that editors and CI recognise:
// shop/routes.yaml:12:7: error WEFT106: VirtualService shop/cart: found ... (spec.http[0].weight).

import type { Diagnostic } from "./diagnostic.ts";
import { positionText } from "./origin.ts";

export function diagnosticText(diagnostic: Diagnostic): string {
  const { severity, code, message, field, remedy, position } = diagnostic;
  const where = position ? `${positionText(position)}: ` : "";
  const at = field === undefined ? "" : ` (${field})`;
  const todo = remedy === undefined ? "" : ` ${asSentence(remedy)}`;
  return `${where}${severity} ${code}: ${asSentence(`${message}${at}`)}${todo}`;
}

function asSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
