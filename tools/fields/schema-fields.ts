// Every field of a schema, as a path: "spec.http[].match[].headers{}.exact". "[]" stands for any
// item of a list, "{}" for any name in a map.

import type { CrdSchema } from "#control/schemas/crd-schema.ts";

export type SchemaField = { readonly path: string; readonly schema: CrdSchema };

export function schemaFields(schema: CrdSchema, path = "spec"): readonly SchemaField[] {
  const { properties = {}, items, additionalProperties } = schema;
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const inner = `${path}.${name}`;
    return [{ path: inner, schema: field }, ...schemaFields(field, inner)];
  });
  const isMap = typeof additionalProperties === "object";
  return [
    ...own,
    ...(items ? schemaFields(items, `${path}[]`) : []),
    ...(isMap ? schemaFields(additionalProperties, `${path}{}`) : []),
  ];
}
