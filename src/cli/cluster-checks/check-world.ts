// What checks of a cluster look at.

import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";

export type CheckWorld = {
  readonly api: ClusterApi;
  readonly version: string; // of this command
  readonly wallMs: number;
  readonly namespace?: string; // whose pods; absent: all
};

export type Found =
  | { readonly kind: "found"; readonly object: ClusterObject }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly reason: string };

export async function findObject({ api }: CheckWorld, path: string): Promise<Found> {
  const { status, body, reason } = await api.request("GET", path);
  if (status === 200) return { kind: "found", object: body as ClusterObject };
  return status === 404 ? { kind: "missing" } : { kind: "failed", reason };
}

// Of what an API server gave, nothing of which is certain.
export function fieldIn(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[step];
  }
  return found;
}

export function listIn(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = fieldIn(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textIn(value: unknown, ...path: readonly (string | number)[]): string {
  const found = fieldIn(value, ...path);
  return typeof found === "string" ? found : "";
}
