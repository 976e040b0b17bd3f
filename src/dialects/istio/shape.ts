// What a rule of a VirtualService changes in the requests that it takes, and in their answers.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RequestShape } from "#ir/request-shape.ts";
import { readCorsPolicy } from "./cors-policy.ts";
import { readHeaders } from "./headers.ts";
import { readRewrite } from "./rewrite.ts";

export function readShape(rule: FieldReader): { readonly shape?: RequestShape } {
  // A rewritten authority wins over one that is set as a header, as in Envoy.
  const shape = { ...readHeaders(rule), ...readRewrite(rule), ...readCorsPolicy(rule) };
  return Object.keys(shape).length > 0 ? { shape } : {};
}
