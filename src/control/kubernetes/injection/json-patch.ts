// A patch as the API server takes it (RFC 6902, paths by RFC 6901).

import type { Json } from "#ir/document.ts";
import type { Patch } from "./patch.ts";

export type JsonPatch = readonly {
  readonly op: "add" | "replace" | "remove";
  readonly path: string;
  readonly value?: Json;
}[];

export function jsonPatch(patch: Patch): JsonPatch {
  return patch.map(({ path, ...operation }) => ({ ...operation, path: pointerTo(path) }));
}

function pointerTo(path: readonly (string | number)[]): string {
  return path
    .map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`)
    .join("");
}
