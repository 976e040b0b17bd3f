// What a route changes in the requests that it takes, and in their answers.

import type { StringMatch } from "./route.ts";

export type RequestShape = {
  readonly request?: HeaderEdits;
  readonly response?: HeaderEdits;
  readonly authority?: string; // instead of the request's own
  readonly path?: PathEdit;
  readonly cors?: CorsPolicy;
};

// In this order. Names in lower case.
export type HeaderEdits = {
  readonly remove: readonly string[];
  readonly set: readonly HeaderPair[];
  readonly add: readonly HeaderPair[];
};

export type HeaderPair = readonly [name: string, value: string];

export type PathEdit =
  // All of it but the query; with a query of its own also that.
  | { readonly kind: "full"; readonly value: string }
  // What the match that holds wants at the beginning; where that is no prefix, all of it.
  | { readonly kind: "matched"; readonly value: string }
  // Each place that the pattern fits. "\1" is its first group.
  | { readonly kind: "regex"; readonly pattern: string; readonly substitution: string };

// Which web pages of other origins may ask.
export type CorsPolicy = {
  readonly origins: readonly StringMatch[]; // "present": any
  readonly methods: readonly string[]; // "*": any, as in the next two
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly credentials: boolean;
  // A preflight of another origin: asked of the upstream, or answered without permission.
  readonly unmatched: "forward" | "answer";
};
