// Every field of one kind, with what becomes of it.

import type { CrdSchema, KindSchema } from "#control/schemas/crd-schema.ts";
import { type FieldEvidence, fieldEvidence } from "./field-evidence.ts";
import { type Golden, occurrencesOf } from "./golden-corpus.ts";
import { schemaFields } from "./schema-fields.ts";

export type KindField = FieldEvidence & { readonly path: string };

// `schemas`: of all versions of the kind.
export function kindFields(
  schemas: readonly KindSchema[],
  corpus: readonly Golden[],
): readonly KindField[] {
  const fields = new Map<string, CrdSchema>();
  for (const { path, schema } of schemas.flatMap(({ spec }) => schemaFields(spec))) {
    if (!fields.has(path)) fields.set(path, schema);
  }
  const found = [...fields].map(([path, schema]) => {
    return { path, ...fieldEvidence(occurrencesOf(corpus, schemas[0]!, path), schema) };
  });
  return found.map((field) => (field.state === "silent" ? ofItsParts(field, found) : field));
}

// An object that can't be another one by itself is what its fields are.
function ofItsParts(field: KindField, all: readonly KindField[]): KindField {
  const isPart = /^(?:\[\]|\{\})?\./;
  const parts = all.filter(
    ({ path }) => path.startsWith(field.path) && isPart.test(path.slice(field.path.length)),
  );
  const state = (["honoured", "reported"] as const).find((each) =>
    parts.some((part) => part.state === each),
  );
  const part = parts.find((each) => each.state === state && each.partly === undefined);
  return part?.golden === undefined || !state
    ? field
    : { path: field.path, state, golden: part.golden, ...(part.code && { code: part.code }) };
}
