// A pod, or a template of pods, as documents say it; with ways to read what nobody has checked.

import type { Json, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";

export type Pod = {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
};

// The namespace that a pod is created in, as far as it is known.
export type PodNamespace = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
};

export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = valueIn(object, name);
  return isJsonObject(value) ? value : {};
}

export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  const value = valueIn(object, name);
  // Items keep their places, since patches name them.
  return Array.isArray(value) ? value.map((item: Json) => (isJsonObject(item) ? item : {})) : [];
}

export function textIn(object: JsonObject, name: string): string | undefined {
  const value = valueIn(object, name);
  return typeof value === "string" ? value : undefined;
}

export function textsIn(object: JsonObject, name: string): ReadonlyMap<string, string> {
  const entries = Object.entries(objectIn(object, name));
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

export function valueIn(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined;
}
