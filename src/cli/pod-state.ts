// What a pod of the API server says of itself.

import type { ClusterObject } from "#kubernetes/cluster-object.ts";

type Condition = { readonly type?: string; readonly status?: string };

export function isPodReady({ metadata, status }: ClusterObject): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  const { conditions = [] } = (status ?? {}) as { readonly conditions?: readonly Condition[] };
  return conditions.some((each) => each.type === "Ready" && each.status === "True");
}
