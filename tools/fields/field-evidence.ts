// What becomes of a field, shown by documents of the goldens.
//
// Honoured: with another value in its place the model is another one, and nothing is wrong in
// either document. Reported: a diagnostic (WEFT104) names the field, or what it stands in. Silent:
// it stands in a golden, and neither holds. Unseen: it stands in no golden.

import { discover } from "#control/discovery/discover.ts";
import type { CrdSchema } from "#control/schemas/crd-schema.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document, FieldPath, Json, JsonObject } from "#ir/document.ts";
import { fieldPathText } from "#ir/field-path.ts";
import { readDocument } from "#ir/read-document.ts";
import type { Golden, Occurrence } from "./golden-corpus.ts";
import { otherValues } from "./other-values.ts";

export type FieldEvidence = {
  readonly state: "honoured" | "reported" | "silent" | "unseen";
  // The golden that shows it.
  readonly golden?: string;
  // Some of the field's values are not supported, as this golden shows.
  readonly partly?: string;
};

type Result = {
  readonly model: string;
  readonly errors: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
};

const RESULTS = new WeakMap<Golden, Result>();
const NOT_SUPPORTED = "WEFT104";

export function fieldEvidence(
  occurrences: readonly Occurrence[],
  schema: CrdSchema,
): FieldEvidence {
  if (occurrences.length === 0) return { state: "unseen" };
  const honoured = occurrences.find((each) => isHonoured(each, schema));
  const named = occurrences.find((each) => isNamed(each, (field, own) => field === own));
  if (honoured) {
    const partly = named && { partly: named.golden.name };
    return { state: "honoured", golden: honoured.golden.name, ...partly };
  }
  const within = named ?? occurrences.find((each) => isNamed(each, isAround));
  if (within) return { state: "reported", golden: within.golden.name };
  return { state: "silent", golden: occurrences[0]!.golden.name };
}

function isHonoured(occurrence: Occurrence, schema: CrdSchema): boolean {
  const { golden, path, value } = occurrence;
  const before = resultOf(golden);
  if (isWrong(before, fieldPathText(path))) return false;
  return otherValues(value, schema).some((other) => {
    const after = translate(withOther(occurrence, other));
    const isSound = [...after.errors].every((error) => before.errors.has(error));
    return isSound && after.model !== before.model;
  });
}

// The field's own value, or what it stands in, is refused or not supported already.
function isWrong({ diagnostics }: Result, own: string): boolean {
  return diagnostics.some(
    ({ severity, field = "" }) => severity === "error" && (field === own || isAround(field, own)),
  );
}

function isNamed(
  { golden, document, path }: Occurrence,
  fits: (field: string, own: string) => boolean,
): boolean {
  const own = fieldPathText(path);
  const { ref } = document.origin;
  return resultOf(golden).diagnostics.some(
    (diagnostic) =>
      diagnostic.code === NOT_SUPPORTED &&
      diagnostic.ref?.name === ref.name &&
      diagnostic.ref.kind === ref.kind &&
      fits(diagnostic.field ?? "", own),
  );
}

function isAround(outer: string, inner: string): boolean {
  return inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length));
}

function resultOf(golden: Golden): Result {
  const known = RESULTS.get(golden);
  if (known) return known;
  const result = translate(golden.documents);
  RESULTS.set(golden, result);
  return result;
}

function translate(documents: readonly Document[]): Result {
  const { model, diagnostics } = discover({ documents, diagnostics: [] });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const told = errors.map(({ code, field, ref }) => `${code} ${ref?.kind} ${ref?.name} ${field}`);
  return { model: modelText(model), errors: new Set(told), diagnostics };
}

// Where something comes from is not what it means.
function modelText(model: object): string {
  return JSON.stringify(model, (name, value: unknown) => {
    if (name === "origin") return undefined;
    return value instanceof Map ? Object.fromEntries(value) : value;
  });
}

function withOther(
  { golden, document, path }: Occurrence,
  other: Json | undefined,
): readonly Document[] {
  const object = replaced(document.object, path, other) as JsonObject;
  const { position, namespace } = document;
  const reading = readDocument(object, { position, namespace });
  return golden.documents.map((each) => (each === document ? (reading.document ?? each) : each));
}

function replaced(
  value: Json | undefined,
  [step, ...rest]: FieldPath,
  other: Json | undefined,
): Json | undefined {
  if (step === undefined) return other;
  if (Array.isArray(value)) {
    return value.map((item: Json, i) => (i === step ? replaced(item, rest, other)! : item));
  }
  const object = value as JsonObject;
  return { ...object, [step]: replaced(object[step], rest, other) };
}
