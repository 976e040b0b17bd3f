// What can happen to an exchange on an HTTP/1 connection to an upstream.

import type { Failure } from "#proxy/exchange/failure.ts";
import type { Fault } from "./fault.ts";

export function upstreamReset(code: string, retry: Failure["retry"]): Failure {
  const reason = code && ` (${code})`;
  return {
    code: "upstream-reset",
    side: "upstream",
    retry,
    detail: `Cannot finish the exchange: the upstream closed the connection${reason}`,
  };
}

export const TOO_MANY_INFORMS: Fault = {
  kind: "malformed",
  detail: "an endless row of 1xx answers",
};

export const BODY_LENGTH_WRONG: Failure = {
  code: "malformed-request",
  side: "downstream",
  retry: "never",
  detail: "Cannot send the request: its body is not as long as its Content-Length says",
};
