// The schema of one field of an object, of those that are listed or of any name.

import type { CrdSchema } from "./crd-schema.ts";

export function schemaOfField(schema: CrdSchema, name: string): CrdSchema | undefined {
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}
