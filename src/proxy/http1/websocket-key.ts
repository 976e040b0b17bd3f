// RFC 6455 §4.1: who asks for a WebSocket in HTTP/1 sends a key. Where the downstream speaks HTTP/2
// there is none (RFC 8441 §5), so this hop makes its own.

import { createHash } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";

const KEY_BYTES = 16;

// The key is no secret: it only has to differ, so that no cache can have the answer to it.
export function withWebsocketKey(head: RequestHead, clock: Clock, remote: string): RequestHead {
  if (head.upgrade !== "websocket") return head;
  const { headers } = head;
  if (findHeader(headers, "sec-websocket-key") !== undefined) return head;
  const seed = `${clock.nowMs()} ${remote}`;
  const key = createHash("sha1").update(seed).digest().toString("base64", 0, KEY_BYTES);
  return { ...head, headers: [...headers, "sec-websocket-key", key] };
}
