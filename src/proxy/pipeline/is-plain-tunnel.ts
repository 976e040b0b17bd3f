// Hot path.

import type { RequestHead } from "#proxy/exchange/heads.ts";

// CONNECT without a protocol that it asks for (RFC 8441): what goes on is bytes and no request.
export function isPlainTunnel({ method, upgrade }: RequestHead): boolean {
  return method === "CONNECT" && upgrade === undefined;
}
