// Hot path.
//
// The safety rule: a request that an upstream may have seen is sent again only where sending it
// twice does no harm.

import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";

export function mayRetry(failure: Failure, head: RequestHead): boolean {
  switch (failure.retry) {
    case "always":
      return true;
    case "if-reused":
      return isIdempotent(head);
    default:
      return false;
  }
}

// RFC 9110 §9.2.2, or the sender says so (draft-ietf-httpapi-idempotency-key-header).
function isIdempotent({ method, headers }: RequestHead): boolean {
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
