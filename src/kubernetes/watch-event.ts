// What a watch tells (metav1.WatchEvent), one JSON object a line.

import type { ClusterObject } from "./cluster-object.ts";

export type WatchEvent = {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  // Of a bookmark only metadata.resourceVersion counts.
  readonly object: ClusterObject;
};

// Why a watch is over.
export type WatchEnd =
  // The server or its time limit ended it: watch on from here.
  | { readonly kind: "ended"; readonly resourceVersion: string }
  // What happened since is no longer known there: list anew.
  | { readonly kind: "expired" }
  // `status` 0: no answer.
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };
