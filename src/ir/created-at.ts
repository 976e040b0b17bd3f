// When an object was made, for conflicts that the older one wins. 0 where nobody says: objects in
// files have no age, their names decide.

import type { Document } from "./document.ts";

export function createdAtMs(document: Document): number {
  const metadata = document.object["metadata"];
  if (typeof metadata !== "object" || metadata === null || Array.isArray(metadata)) return 0;
  const text = (metadata as { creationTimestamp?: unknown }).creationTimestamp;
  const atMs = typeof text === "string" ? Date.parse(text) : Number.NaN;
  return Number.isFinite(atMs) ? atMs : 0;
}
