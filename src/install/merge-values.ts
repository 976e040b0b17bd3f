// Values over values: maps are merged, everything else takes the place of what was there.

import type { Json, JsonObject } from "#ir/document.ts";

export function mergeValues(below: JsonObject, above: JsonObject): JsonObject {
  const merged = Object.entries(above).map(([name, value]): [string, Json | undefined] => {
    const before = Object.hasOwn(below, name) ? below[name] : undefined;
    return [name, isMap(before) && isMap(value) ? mergeValues(before, value) : value];
  });
  return Object.fromEntries([...Object.entries(below), ...merged]);
}

export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
