// Hot path.
//
// May a request be sent twice without doing more than once? RFC 9110 §9.2.2, or the sender says so
// (draft-ietf-httpapi-idempotency-key-header).

import type { RequestHead } from "#proxy/exchange/heads.ts";

export function isIdempotent({ method, headers }: RequestHead): boolean {
  switch (method) {
    case "GET":
    case "HEAD":
    case "OPTIONS":
    case "PUT":
    case "DELETE":
    case "TRACE":
      return true;
    default:
      for (let i = 0; i < headers.length; i += 2) {
        if (headers[i] === "idempotency-key") return true;
      }
      return false;
  }
}
