// A patch carried out on an object, which stays as it is: what the API server does with ours.

import type { FieldPath, Json, JsonObject } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import type { Patch, PatchOperation } from "./patch.ts";

// Throws where a path leads nowhere: a patch is made for the object that it meets.
export function applyPatch(object: JsonObject, patch: Patch): JsonObject {
  return patch.reduce<Json>(
    (value, operation) => applied(value, operation.path, operation),
    object,
  ) as JsonObject;
}

function applied(value: Json, [part, ...rest]: FieldPath, operation: PatchOperation): Json {
  if (Array.isArray(value)) return inList(value, part!, rest, operation);
  if (!isJsonObject(value) || part === undefined) throw new Error(`Cannot go to "${part}"`);
  if (rest.length > 0) return { ...value, [part]: applied(value[part] ?? null, rest, operation) };
  const isThere = Object.hasOwn(value, part);
  if (operation.op !== "add" && !isThere) throw new Error(`There is no "${part}"`);
  if (operation.op !== "remove") return { ...value, [part]: operation.value };
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== part));
}

function inList(
  list: readonly Json[],
  part: string | number,
  rest: FieldPath,
  operation: PatchOperation,
): Json {
  const at = part === "-" ? list.length : Number(part);
  if (at > list.length || (at === list.length && operation.op !== "add")) {
    throw new Error(`There is no item ${at}`);
  }
  if (rest.length > 0) return list.with(at, applied(list[at]!, rest, operation));
  switch (operation.op) {
    case "add":
      return list.toSpliced(at, 0, operation.value);
    case "replace":
      return list.with(at, operation.value);
    case "remove":
      return list.toSpliced(at, 1);
  }
}
