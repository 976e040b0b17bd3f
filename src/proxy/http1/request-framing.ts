// Hot path.
//
// How the body of a request that we send ends.

import { asksForTunnel, LENGTH_UNKNOWN, type RequestHead } from "#proxy/exchange/heads.ts";
import type { BodyFraming } from "./body-decoder.ts";

export function requestFraming(head: RequestHead): BodyFraming {
  const { contentLength } = head;
  if (contentLength === 0 || asksForTunnel(head)) return "none";
  return contentLength === LENGTH_UNKNOWN ? "chunked" : "length";
}
