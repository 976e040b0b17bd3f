// What becomes of a field, shown by documents of the goldens.
//
// Honoured: with another value in its place the model is another one, and nothing is wrong in
// either document; or the dialect takes no other value. Reported: a diagnostic (WEFT104, WEFT201)
// names the field, or what it stands in. Silent: it stands in a golden, and neither holds. Unseen:
// it stands in no golden.

import { discover } from "#control/discovery/discover.ts";
import { checkSchema } from "#control/schemas/check-schema.ts";
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
  // The diagnostic's.
  readonly code?: string;
};

type Result = {
  readonly model: string;
  readonly errors: ReadonlySet<string>;
  readonly diagnostics: readonly Diagnostic[];
};

const RESULTS = new WeakMap<Golden, Result>();
// Not supported; or what it names (a secret) can't exist here.
const NOT_SUPPORTED = ["WEFT103", "WEFT104", "WEFT201"];
const ITEM = /^(?:\[\d+\]|\["[^"]*"\]|\.[\w-]+)$/;

export function fieldEvidence(
  occurrences: readonly Occurrence[],
  schema: CrdSchema,
): FieldEvidence {
  if (occurrences.length === 0) return { state: "unseen" };
  const honoured =
    occurrences.find((each) => isHonoured(each, schema)) ??
    occurrences.find((each) => chooses(each, occurrences, schema)) ??
    occurrences.find((each) => isTheOnlyOne(each, schema));
  const named = findNamed(occurrences, hasParts(schema) ? isSame : isSameOrItem);
  if (honoured) {
    const partly = named && { partly: named.golden, code: named.code };
    return { state: "honoured", golden: honoured.golden.name, ...partly };
  }
  const within = named ?? findNamed(occurrences, isAround) ?? findNamed(occurrences, isOfKind);
  if (within) return { state: "reported", ...within };
  return { state: "silent", golden: occurrences[0]!.golden.name };
}

function isHonoured(occurrence: Occurrence, schema: CrdSchema): boolean {
  const { path, value } = occurrence;
  return otherValues(value, schema).some((other) => isAnother(occurrence, path, other));
}

// A name that says which of the fields beside it counts ("type") can't be another one alone: what
// it stands in is taken from where it is.
function chooses(
  occurrence: Occurrence,
  occurrences: readonly Occurrence[],
  schema: CrdSchema,
): boolean {
  if (!schema.enum) return false;
  const { path, value } = occurrence;
  const own = valueAt(occurrence, -1) as JsonObject;
  return occurrences.some((other) => {
    const instead = valueAt(other, -1) as JsonObject;
    const shared = Object.keys(own).filter((name) => Object.hasOwn(instead, name));
    // Nothing but the name may be in both: else it might be another field that makes the model.
    const isChoice = other.value !== value && shared.length === 1;
    return isChoice && isAnother(occurrence, path.slice(0, -1), instead);
  });
}

// The model is another one with `other` there, and nothing more is wrong.
function isAnother(occurrence: Occurrence, path: FieldPath, other: Json | undefined): boolean {
  const before = resultOf(occurrence.golden);
  if (isWrong(before, fieldPathText(occurrence.path))) return false;
  const after = translate(withOther(occurrence, path, other));
  const isSound = [...after.errors].every((error) => before.errors.has(error));
  return isSound && after.model !== before.model;
}

// An API server allows another value, and the dialect takes only this one.
function isTheOnlyOne(occurrence: Occurrence, schema: CrdSchema): boolean {
  const { golden, document, path, value } = occurrence;
  const before = resultOf(golden);
  if (hasParts(schema)) return false;
  if (isWrong(before, fieldPathText(path))) return false;
  return otherValues(value, schema).some((other) => {
    const documents = withOther(occurrence, path, other);
    const changed = documents[golden.documents.indexOf(document)]!;
    if (checkSchema(changed).length > 0) return false;
    const after = translate(documents);
    return after.errors.size > before.errors.size && after.model !== before.model;
  });
}

function valueAt({ document, path }: Occurrence, end: number): Json {
  const steps = path.slice(0, end);
  return steps.reduce<Json>(
    (value, step) => (value as { readonly [key: string]: Json })[step]!,
    document.object as Json,
  );
}

// The field's own value, or what it stands in, is refused or not supported already.
function isWrong({ diagnostics }: Result, own: string): boolean {
  return diagnostics.some(
    ({ severity, field = "" }) => severity === "error" && (field === own || isAround(field, own)),
  );
}

type Fits = (field: string, own: string) => boolean;

function findNamed(
  occurrences: readonly Occurrence[],
  fits: Fits,
): { readonly golden: string; readonly code: string } | undefined {
  for (const { golden, document, path } of occurrences) {
    const own = fieldPathText(path);
    const found = resultOf(golden).diagnostics.find(
      (diagnostic) =>
        NOT_SUPPORTED.includes(diagnostic.code) &&
        diagnostic.ref?.name === document.name &&
        diagnostic.ref.kind === document.kind &&
        fits(diagnostic.field ?? "", own),
    );
    if (found) return { golden: golden.name, code: found.code };
  }
  return undefined;
}

// Fields of its own, which are told apart from it.
function hasParts({ properties, items }: CrdSchema): boolean {
  return properties !== undefined || items?.properties !== undefined;
}

function isSame(field: string, own: string): boolean {
  return field === own;
}

// Also one of a list's or a map's own values.
function isSameOrItem(field: string, own: string): boolean {
  return field === own || (isAround(own, field) && ITEM.test(field.slice(own.length)));
}

// The kind as a whole is not read.
function isOfKind(field: string): boolean {
  return field === "kind";
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
  { golden, document }: Occurrence,
  path: FieldPath,
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
