// A schema whose repeated parts stand in it once: a DestinationRule has four policies, and
// compiling each by itself would take twice as long.

import type { CrdSchema } from "./crd-schema.ts";

type Ref = { readonly $ref: string };
export type SharedSchema = CrdSchema & { readonly $defs: Readonly<Record<string, CrdSchema>> };

// Smaller ones are cheaper where they are.
const CHARACTERS_MIN = 200;

export function sharedSchema(schema: CrdSchema): SharedSchema {
  const counts = new Map<string, number>();
  countParts(schema, counts);
  const names = new Map<string, string>();
  const $defs: Record<string, CrdSchema> = {};
  const share = (part: CrdSchema): CrdSchema => {
    const text = JSON.stringify(part);
    if (text.length < CHARACTERS_MIN || counts.get(text) === 1) return withParts(part, share);
    const name = names.get(text) ?? `part${names.size}`;
    if (!names.has(text)) {
      names.set(text, name);
      $defs[name] = withParts(part, share);
    }
    const ref: Ref = { $ref: `#/$defs/${name}` };
    return ref as CrdSchema;
  };
  return { ...withParts(schema, share), $defs };
}

function countParts(part: CrdSchema, counts: Map<string, number>): void {
  const text = JSON.stringify(part);
  const count = counts.get(text) ?? 0;
  counts.set(text, count + 1);
  // What lies in a part that is there again is there once.
  if (count > 0) return;
  withParts(part, (inner) => {
    countParts(inner, counts);
    return inner;
  });
}

function withParts(schema: CrdSchema, map: (part: CrdSchema) => CrdSchema): CrdSchema {
  const { properties, items, additionalProperties } = schema;
  const entries = Object.entries(properties ?? {});
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(entries.map(([name, each]) => [name, map(each)])),
    }),
    ...(items && { items: map(items) }),
    ...(typeof additionalProperties === "object" && {
      additionalProperties: map(additionalProperties),
    }),
  };
}
