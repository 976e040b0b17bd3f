// RFC 6455 §4.2.2: who accepts a WebSocket in HTTP/1 proves it by a hash of the asker's key. Where
// the upstream speaks HTTP/2 there is no such header (RFC 8441 §5), so this hop makes its own.

import { createHash } from "node:crypto";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export function withWebsocketAccept(asked: RequestHead, head: ResponseHead): ResponseHead {
  if (asked.upgrade !== "websocket") return head;
  const key = findHeader(asked.headers, "sec-websocket-key");
  if (key === undefined) return head;
  if (findHeader(head.headers, "sec-websocket-accept") !== undefined) return head;
  const accept = createHash("sha1").update(key, "latin1").update(GUID).digest("base64");
  return { ...head, headers: [...head.headers, "sec-websocket-accept", accept] };
}
