// "spec.rules.0.weight=80" as an edit of a field. Values are read as YAML would, "path-" takes the
// field away. Undefined: it is no such thing.

import type { FieldEdit } from "#api/documents.ts";

export function parseFieldEdit(word: string): FieldEdit | undefined {
  const equals = word.indexOf("=");
  const isRemoval = equals < 0 && word.endsWith("-");
  if (equals < 0 && !isRemoval) return undefined;
  const path = parsePath(isRemoval ? word.slice(0, -1) : word.slice(0, equals));
  if (path === undefined) return undefined;
  return { path, value: isRemoval ? null : parseValue(word.slice(equals + 1)) };
}

// A dot in a name is written "\.".
function parsePath(text: string): FieldEdit["path"] | undefined {
  const steps = text.split(/(?<!\\)\./).map((step) => step.replaceAll("\\.", "."));
  if (steps.some((step) => step === "")) return undefined;
  return steps.map((step) => (/^\d{1,4}$/.test(step) ? Number(step) : step));
}

function parseValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (!/^[[{"]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
