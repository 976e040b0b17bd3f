// Lists that an API server keeps as sets or maps: an item may not stand there twice
// (x-kubernetes-list-type).

import type { FieldPath, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import type { CrdSchema } from "./crd-schema.ts";
import type { SchemaFinding } from "./schema-finding.ts";
import { walkSchema } from "./walk-schema.ts";

export function checkLists(schema: CrdSchema, value: Json): readonly SchemaFinding[] {
  const findings: SchemaFinding[] = [];
  walkSchema(schema, value, (inner, list, path) => {
    if (Array.isArray(list)) findings.push(...repeated(inner, list, path));
  });
  return findings;
}

function repeated(schema: CrdSchema, list: readonly Json[], path: FieldPath): SchemaFinding[] {
  const type = schema["x-kubernetes-list-type"];
  if (type !== "set" && type !== "map") return [];
  const keys = type === "map" ? schema["x-kubernetes-list-map-keys"] : undefined;
  const seen = new Set<string>();
  return list.flatMap((item, i) => {
    const told = keys && isJsonObject(item) ? keys.map((key) => item[key]) : [item];
    const text = JSON.stringify(told);
    if (!seen.has(text)) {
      seen.add(text);
      return [];
    }
    const shown = told.map((each) => JSON.stringify(each)).join(", ");
    const message = `Found ${shown} twice in the list, must stand there once`;
    return [{ path: [...path, i, ...(keys ?? [])], code: "WEFT106", message, remedy: undefined }];
  });
}
