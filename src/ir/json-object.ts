// Tells an object from the other JSON values.

import type { Json, JsonObject } from "./document.ts";

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
