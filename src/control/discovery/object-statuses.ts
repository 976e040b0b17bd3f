// How every object fares, for `weft get`. Diagnostics may come from anywhere: parsing, translating,
// compiling.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { ObjectRef, Origin } from "#ir/origin.ts";

export type ObjectStatus = {
  readonly ref: ObjectRef;
  readonly origin: Origin;
  // Of the gravest diagnostic; "ok" where there is none but information.
  readonly status: "ok" | "warning" | "error";
  readonly diagnostics: readonly Diagnostic[];
};

export function objectStatuses(
  documents: readonly Document[],
  diagnostics: readonly Diagnostic[],
): readonly ObjectStatus[] {
  const documentsOf = Map.groupBy(documents, ({ origin }) => refKey(origin.ref));
  const found = new Map<Document, Diagnostic[]>(documents.map((document) => [document, []]));
  for (const diagnostic of diagnostics) {
    if (!diagnostic.ref) continue;
    const owner = ownerOf(documentsOf.get(refKey(diagnostic.ref)) ?? [], diagnostic);
    if (owner) found.get(owner)!.push(diagnostic);
  }
  return documents.map((document) => {
    const own = found.get(document)!;
    const has = (severity: string) => own.some((diagnostic) => diagnostic.severity === severity);
    const status = has("error") ? "error" : has("warning") ? "warning" : "ok";
    return { ref: document.origin.ref, origin: document.origin, status, diagnostics: own };
  });
}

// Two documents may declare one object: a diagnostic is the last one's that begins before it.
function ownerOf(same: readonly Document[], { position }: Diagnostic): Document | undefined {
  if (!position || same.length === 1) return same[0];
  const before = same.filter(({ origin }) => {
    const start = origin.position;
    return start !== undefined && start.file === position.file && start.line <= position.line;
  });
  return before.at(-1) ?? same[0];
}

export function refKey({ group, kind, namespace, name }: ObjectRef): string {
  return `${group}/${kind}/${namespace}/${name}`;
}
