// A translation, and what an API server would say about its document besides. The dialects' own
// words are better, so the schema's are left out where a dialect has refused the same place.

import { checkSchema } from "#control/schemas/check-schema.ts";
import type { SchemaFinding } from "#control/schemas/schema-finding.ts";
import { byPosition } from "#ir/by-position.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import { fieldPathText } from "#ir/field-path.ts";
import { refText } from "#ir/origin.ts";
import type { Translation } from "#ir/translation.ts";

const REFUSALS = ["WEFT105", "WEFT106"];

export function withSchemaFindings(document: Document, translation: Translation): Translation {
  const findings = checkSchema(document);
  if (findings.length === 0) return translation;
  const refused = translation.diagnostics.filter(isRefusal).map(({ field }) => field ?? "");
  const found = findings
    .map((finding) => diagnosticOf(document, finding))
    .filter(({ field }) => !refused.some((other) => isWithin(field!, other)));
  // A warning about a value that an API server refuses is no longer one.
  const fields = new Set(found.map(({ field }) => field));
  const own = translation.diagnostics.filter(
    (diagnostic) => diagnostic.code !== "WEFT106" || !fields.has(diagnostic.field),
  );
  return { ...translation, diagnostics: [...own, ...found].sort(byPosition) };
}

function isRefusal({ severity, code }: Diagnostic): boolean {
  return severity === "error" && REFUSALS.includes(code);
}

// One of them is the other, or lies in it.
function isWithin(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (!long.startsWith(short)) return false;
  return long.length === short.length || long[short.length] === "." || long[short.length] === "[";
}

function diagnosticOf(document: Document, finding: SchemaFinding): Diagnostic {
  const { path, code, message, remedy } = finding;
  const { ref } = document.origin;
  const text = `${refText(ref)}: ${message}`;
  const position = document.position(path);
  const field = fieldPathText(path);
  return { severity: "error", code, message: text, remedy, ref, field, position };
}
