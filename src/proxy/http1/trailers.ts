// The trailer section of a chunked body (RFC 9110 §6.5). Rare, so off the hot path.

import type { Headers } from "#proxy/exchange/heads.ts";
import { isOnlyForHeads } from "#proxy/exchange/only-for-heads.ts";
import type { Fault } from "./fault.ts";
import { scanFields } from "./field-scanner.ts";

export type ParsedTrailers =
  | { readonly kind: "trailers"; readonly headers: Headers }
  | { readonly kind: "refused"; readonly fault: Fault };

// `bytes` end with the empty line.
export function parseTrailers(bytes: Buffer, fieldsMax: number): ParsedTrailers {
  const fields = scanFields(bytes, 0, bytes.toString("latin1"), 0, fieldsMax);
  if (fields.fault) return refused(fields.fault.detail);
  if (!fields.hasHopFields && !fields.headers.some(isForbidden)) {
    return { kind: "trailers", headers: fields.headers };
  }
  return refused("a trailer that only a head may contain");
}

// Always malformed: the coding, for one, was settled in the head.
function refused(detail: string): ParsedTrailers {
  return { kind: "refused", fault: { kind: "malformed", detail } };
}

function isForbidden(text: string, index: number): boolean {
  return index % 2 === 0 && isOnlyForHeads(text);
}
