// Goes through a value and the schema that it is held against, side by side.

import type { FieldPath, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import type { CrdSchema } from "./crd-schema.ts";
import { schemaOfField } from "./schema-of-field.ts";

export type Visit = (schema: CrdSchema, value: Json, path: FieldPath) => void;

// Values without a schema are not visited.
export function walkSchema(
  schema: CrdSchema,
  value: Json,
  visit: Visit,
  path: FieldPath = [],
): void {
  visit(schema, value, path);
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return;
    for (const [i, item] of value.entries()) walkSchema(items, item, visit, [...path, i]);
  } else if (isJsonObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      const inner = schemaOfField(schema, name);
      if (inner && item !== undefined) walkSchema(inner, item, visit, [...path, name]);
    }
  }
}
