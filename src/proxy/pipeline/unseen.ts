// Hot path.
//
// An answer by the peer's proxy that proves that the application never saw the request.

import { findHeader } from "#proxy/exchange/find-header.ts";
import type { ResponseHead } from "#proxy/exchange/heads.ts";

const UNSEEN = ["upstream-refused", "upstream-timeout", "overflow", "overloaded", "draining"];

export function unseenByApplication(head: ResponseHead): boolean {
  if (head.status !== 503) return false;
  const cause = findHeader(head.headers, "weft-cause");
  if (cause === undefined) return false;
  for (let i = 0; i < UNSEEN.length; i++) if (cause.startsWith(UNSEEN[i]!)) return true;
  return false;
}
