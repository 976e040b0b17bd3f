// Hot path.
//
// The protocol that an Upgrade field names (RFC 9110 §7.8): "websocket", "spdy/3.1".

import { LOWER_TOKEN } from "./char-classes.ts";

const SLASH = 0x2f;

// In lower case; "" where there is none that a tunnel could carry: several to choose from, no
// protocol at all, or HTTP itself. What HTTP/2 without TLS brings would be requests that nobody
// between the two ends sees, and RFC 9113 has done away with asking for it.
export function upgradeProtocol(value: string): string {
  let slashAt = -1;
  for (let i = 0; i < value.length; i++) {
    const char = value.charCodeAt(i);
    if (LOWER_TOKEN[char]) continue;
    if (char !== SLASH || slashAt >= 0 || i === 0 || i === value.length - 1) return "";
    slashAt = i;
  }
  const protocol = value.toLowerCase();
  const name = slashAt < 0 ? protocol : protocol.slice(0, slashAt);
  return name === "h2c" || name === "h2" || name === "http" ? "" : protocol;
}
