// What asking for something yields: the thing, or why not.

import type { ApiError } from "./api-error.ts";

export type Answer<Value> =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "error"; readonly error: ApiError };
