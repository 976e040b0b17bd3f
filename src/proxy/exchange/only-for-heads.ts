// Which fields no trailer section may have (RFC 9110 §6.5.1): routing, authentication, identity,
// and what decides how the body is read. By the time a trailer comes, all this has been decided
// from the head, and a hop that merges trailers into it would decide anew. Codecs refuse with these
// what belongs to their hop (Host, Content-Length, ...).

const NAMES = new Set([
  "authorization",
  "cache-control",
  "content-encoding",
  "content-range",
  "content-type",
  "cookie",
  "forwarded",
  "max-forwards",
  "proxy-authenticate",
  "proxy-authorization",
  "range",
  "set-cookie",
  "trailer",
  "www-authenticate",
]);
// What only the mesh may say, or a mesh that was here before.
const PREFIXES = ["weft-", "x-forwarded-", "l5d-", "x-envoy-peer-metadata"];

// `name` in lower case.
export function isOnlyForHeads(name: string): boolean {
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
}
