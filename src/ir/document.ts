// One Kubernetes-shaped object as it stands in a file (later: in a cluster), before any dialect has
// looked at it.

import type { Origin, Position } from "./origin.ts";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json | undefined };

export type FieldPath = readonly (string | number)[];

export type Document = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly spec: JsonObject;
  // The whole object, `spec` included.
  readonly object: JsonObject;
  readonly origin: Origin;
  // Where a field stands, or the nearest one around it that does.
  position(path: FieldPath): Position | undefined;
};

export type Labels = ReadonlyMap<string, string>;
