// Hot path.
//
// The safety rule: a request that an upstream may have seen is sent again only where sending it
// twice does no harm.

import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { isIdempotent } from "./is-idempotent.ts";

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
