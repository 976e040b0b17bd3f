// Where this hop made the key itself, its answer is meant for nobody else: there is no
// Sec-WebSocket-Accept in HTTP/2 (RFC 8441 §5).

import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Asked, Headers, ResponseHead } from "#proxy/exchange/heads.ts";

const ACCEPT = "sec-websocket-accept";

const NONE: Headers = [];

type Asking = Asked & { readonly headers?: Headers };

export function withoutOwnProof(asked: Asking, head: ResponseHead): ResponseHead {
  if (asked.upgrade !== "websocket" || findHeader(head.headers, ACCEPT) === undefined) return head;
  if (findHeader(asked.headers ?? NONE, "sec-websocket-key") !== undefined) return head;
  const { headers } = head;
  const kept = headers.filter((_, i) => headers[i - (i % 2)] !== ACCEPT);
  return { ...head, headers: kept };
}
