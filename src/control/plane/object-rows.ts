// Objects and how they fare, for `weft get`. `more`: what only some kinds have.

import type { ObjectQuery, ObjectState, ObjectStatus } from "#api/object-status.ts";
import { objectStatuses } from "#control/discovery/object-statuses.ts";
import type { Diagnostic, DiagnosticCode } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";

const OVERRULES: readonly DiagnosticCode[] = ["WEFT204", "WEFT205"];

export function objectRows(
  documents: readonly Document[],
  diagnostics: readonly Diagnostic[],
  query: ObjectQuery,
  more: (document: Document, own: readonly Diagnostic[]) => Partial<ObjectStatus> = () => ({}),
): readonly ObjectStatus[] {
  return objectStatuses(documents, diagnostics)
    .map((status, i) => ({ ...status, document: documents[i]! }))
    .filter(({ ref }) => isAsked(ref, query))
    .map(({ ref, origin, status, diagnostics: own, document }) => ({
      ...ref,
      position: origin.position ?? null,
      state: stateOf(status, own),
      diagnostics: own,
      ...more(document, own),
    }));
}

function isAsked(
  ref: { readonly kind: string; readonly namespace: string; readonly name: string },
  { kind, namespace, name }: ObjectQuery,
): boolean {
  if (kind !== undefined && !isKind(ref.kind, kind)) return false;
  if (namespace !== undefined && ref.namespace !== namespace) return false;
  return name === undefined || ref.name === name;
}

// "VirtualService", "virtualservices", "Services".
function isKind(kind: string, asked: string): boolean {
  const [a, b] = [kind.toLowerCase(), asked.toLowerCase()];
  return a === b || `${a}s` === b;
}

function stateOf(status: "ok" | "warning" | "error", own: readonly Diagnostic[]): ObjectState {
  if (status === "error") return "invalid";
  if (own.some(({ code }) => OVERRULES.includes(code))) return "overruled";
  return status === "warning" ? "partial" : "accepted";
}
