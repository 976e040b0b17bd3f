// A value against the structural part of a CRD's schema: types, ranges, lengths, patterns, required
// and unknown fields. By ajv, with Go's regular expressions, as an API server has them.

import { createRequire } from "node:module";
import type { Ajv, ErrorObject, ValidateFunction } from "ajv";
import type { FieldPath, Json } from "#ir/document.ts";
import { jsonText } from "#ir/json-text.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { unknownField } from "#ir/unknown-field.ts";
import type { CrdSchema } from "./crd-schema.ts";
import { expectedText } from "./expected-text.ts";
import { goPattern } from "./go-pattern.ts";
import type { SchemaFinding } from "./schema-finding.ts";
import { schemaOfField } from "./schema-of-field.ts";
import { sharedSchema } from "./shared-schema.ts";

type AjvPackage = { readonly Ajv: typeof Ajv };

const INT32 = 2 ** 31;
const UINT32 = 2 ** 32;
const FORMATS = {
  int32: { type: "number", validate: (n: number) => n >= -INT32 && n < INT32 },
  uint32: { type: "number", validate: (n: number) => n >= 0 && n < UINT32 },
  int64: { type: "number", validate: (n: number) => Number.isInteger(n) },
  double: { type: "number", validate: Number.isFinite },
  byte: /^[A-Za-z0-9+/]*={0,2}$/,
} as const;

// `code` is for standalone validators, which nobody makes here.
const PATTERNS = Object.assign(goPattern, { code: "goPattern" });

// Where a branch of these fails, so does the keyword itself, and that is what is reported.
const BRANCH = /\/(?:oneOf|anyOf|not)\//;

export type StructureCheck = (value: Json) => readonly SchemaFinding[];

// Fills in the schema's defaults: `value` is changed.
export function compileStructureCheck(schema: CrdSchema): StructureCheck {
  // Loaded with the first document that has such a schema.
  const { Ajv: Validator } = createRequire(import.meta.url)("ajv") as AjvPackage;
  const ajv = new Validator({
    ...{ allErrors: true, strict: false, useDefaults: true, logger: false },
    ...{ formats: FORMATS, inlineRefs: false },
    // Run a few times and compiled once: optimising would cost more than it gains.
    code: { regExp: PATTERNS, optimize: false },
  });
  const validate: ValidateFunction = ajv.compile(sharedSchema(closed(schema)));
  return (value) => {
    if (validate(value)) return [];
    const errors = (validate.errors ?? []).filter(({ schemaPath }) => !BRANCH.test(schemaPath));
    return errors.map((error) => findingOf(error, schema, value));
  };
}

// Fields that a schema doesn't have are refused, as `kubectl apply` does.
function closed(schema: CrdSchema): CrdSchema {
  const { properties, items, additionalProperties } = schema;
  const isOpen = additionalProperties !== undefined || !properties;
  const keepsUnknown = isOpen || schema["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, closed(each)]),
      ),
    }),
    ...(items && { items: closed(items) }),
    ...(typeof additionalProperties === "object" && {
      additionalProperties: closed(additionalProperties),
    }),
    ...(keepsUnknown ? {} : { additionalProperties: false }),
  };
}

function findingOf(error: ErrorObject, whole: CrdSchema, value: Json): SchemaFinding {
  const { path, found, schema } = atPointer(error.instancePath, value, whole);
  if (error.keyword === "additionalProperties") {
    const { additionalProperty: name } = error.params as { additionalProperty: string };
    const { message, remedy } = unknownField(
      name,
      new Set(Object.keys(schema.properties ?? {})),
      [],
    );
    return { path: [...path, name], code: "WEFT105", message, remedy };
  }
  if (error.keyword === "required") {
    const { missingProperty: name } = error.params as { missingProperty: string };
    const expected = expectedText("type", schema.properties?.[name] ?? {});
    return unfit([...path, name], undefined, expected);
  }
  const near = error.keyword === "enum" ? nearestText(found, schema.enum ?? []) : undefined;
  return unfit(path, found, expectedText(error.keyword, schema), near);
}

function nearestText(found: Json, known: readonly Json[]): string | undefined {
  if (typeof found !== "string") return undefined;
  const texts = known.filter((each) => typeof each === "string");
  const near = nearestName(found, texts);
  return near === undefined ? undefined : `Did you mean "${near}"?`;
}

function unfit(
  path: FieldPath,
  found: Json | undefined,
  expected: string,
  remedy?: string,
): SchemaFinding {
  const message = `Found ${jsonText(found)}, must be ${expected}`;
  return { path, code: "WEFT106", message, remedy };
}

type Place = { readonly path: FieldPath; readonly found: Json; readonly schema: CrdSchema };

// A JSON pointer (RFC 6901) doesn't tell a list's index from an object's name; the value does.
// (Where parts of a schema are shared, ajv's own path to the schema leads nowhere.)
function atPointer(pointer: string, value: Json, whole: CrdSchema): Place {
  const steps = pointer.split("/").slice(1);
  let found = value;
  let schema: CrdSchema | undefined = whole;
  const path = steps.map((escaped) => {
    const step = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    const isIndex = Array.isArray(found);
    schema = isIndex ? schema?.items : schema && schemaOfField(schema, step);
    found = (found as { readonly [key: string]: Json })[step]!;
    return isIndex ? Number(step) : step;
  });
  return { path, found, schema: schema ?? {} };
}
