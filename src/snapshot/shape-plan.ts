// What a route changes in the requests that it takes and in their answers, or answers by itself.

import type { StringMatchPlan } from "./plan.ts";

export type ShapePlan = {
  readonly request?: HeaderEditsPlan;
  readonly response?: HeaderEditsPlan;
  readonly authority?: string;
  readonly path?: PathEditPlan;
  readonly cors?: CorsPlan;
};

// In this order. Names in lower case.
export type HeaderEditsPlan = {
  readonly remove: readonly string[];
  readonly set: readonly HeaderPairPlan[];
  readonly add: readonly HeaderPairPlan[];
};

export type HeaderPairPlan = readonly [name: string, value: string];

export type PathEditPlan =
  // With a query of its own, that one instead of the request's.
  | { readonly kind: "full"; readonly value: string }
  // The path is known to begin with `prefix`.
  | { readonly kind: "prefix"; readonly prefix: string; readonly value: string }
  | { readonly kind: "regex"; readonly pattern: string; readonly substitution: string };

export type CorsPlan = {
  readonly origins: readonly StringMatchPlan[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAgeSeconds?: number;
  readonly credentials: boolean;
  readonly unmatched: "forward" | "answer";
};

export type ReplyPlan = RedirectPlan | DirectResponsePlan;

export type RedirectPlan = {
  readonly kind: "redirect";
  readonly status: number;
  readonly scheme?: "http" | "https";
  readonly authority?: string;
  // A number, the port that the request was for, the usual one of the scheme, or only what
  // `authority` says.
  readonly port: number | "request" | "scheme" | "authority";
  readonly path?: PathEditPlan;
};

export type DirectResponsePlan = {
  readonly kind: "direct";
  readonly status: number;
  readonly bodyBase64: string;
  readonly contentType: string; // "" where there is no body
};
