// Hot path.

const SPACE = 0x20;
const SLASH = 0x2f;
const STAR = 0x2a;

// A request of HTTP/1 that is meant for an HTTP proxy, not for whoever is dialled: CONNECT, or a
// target in absolute form (RFC 9112 section 3.2). What it goes through is only that proxy's matter.
export function isForProxy(bytes: Uint8Array): boolean {
  const start = bytes.indexOf(SPACE) + 1;
  return start > 0 && bytes[start] !== SLASH && bytes[start] !== STAR;
}
