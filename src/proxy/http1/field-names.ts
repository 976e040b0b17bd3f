// Hot path.
//
// Names that occur in nearly every head, found by the hash that the scanner computes anyway while
// it checks the name: no allocation, no lower-casing, and a name that compares by pointer later.

import { LOWER_TOKEN } from "./char-classes.ts";

// Those that belong to one hop come first: the codec takes them out of the head.
const HOP_NAMES = [
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "te",
  "expect",
  "keep-alive",
  "proxy-connection",
  "upgrade",
  "http2-settings",
] as const;

const COMMON_NAMES = [
  "accept",
  "accept-encoding",
  "accept-language",
  "accept-ranges",
  "access-control-allow-origin",
  "age",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-range",
  "content-security-policy",
  "content-type",
  "cookie",
  "date",
  "etag",
  "expires",
  "forwarded",
  "grpc-status",
  "grpc-timeout",
  "idempotency-key",
  "if-modified-since",
  "if-none-match",
  "last-modified",
  "link",
  "location",
  "origin",
  "pragma",
  "proxy-authorization",
  "range",
  "referer",
  "retry-after",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "server",
  "set-cookie",
  "strict-transport-security",
  "trailer",
  "traceparent",
  "tracestate",
  "user-agent",
  "vary",
  "via",
  "weft-cause",
  "www-authenticate",
  "x-b3-sampled",
  "x-b3-spanid",
  "x-b3-traceid",
  "x-content-type-options",
  "x-envoy-upstream-service-time",
  "x-forwarded-client-cert",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "x-request-id",
] as const;

const SLOTS = 512;

export type HopName = (typeof HOP_NAMES)[number];

export const FIELD_NAMES: readonly string[] = [...HOP_NAMES, ...COMMON_NAMES];

// Indices below this one are of HopNames.
export const HOP_NAMES_COUNT = HOP_NAMES.length;

const nameBytes = new Uint8Array(Buffer.from(FIELD_NAMES.join("")));
const nameStarts = new Uint16Array(FIELD_NAMES.length + 1);
const slots = new Int16Array(SLOTS).fill(-1);
FIELD_NAMES.forEach((name, index) => {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = addToHash(hash, name.charCodeAt(i));
  let slot = hash & (SLOTS - 1);
  while (slots[slot] !== -1) slot = (slot + 1) & (SLOTS - 1);
  slots[slot] = index;
  nameStarts[index + 1] = nameStarts[index]! + name.length;
});

export function addToHash(hash: number, lowerChar: number): number {
  return (Math.imul(hash, 31) + lowerChar) | 0;
}

// The index in FIELD_NAMES of the name that stands in `bytes`, in any case, or -1.
export function fieldNameIndex(bytes: Uint8Array, from: number, to: number, hash: number): number {
  for (let slot = hash & (SLOTS - 1); ; slot = (slot + 1) & (SLOTS - 1)) {
    const index = slots[slot]!;
    if (index < 0 || isSame(bytes, from, to, index)) return index;
  }
}

function isSame(bytes: Uint8Array, from: number, to: number, index: number): boolean {
  const nameAt = nameStarts[index]!;
  if (to - from !== nameStarts[index + 1]! - nameAt) return false;
  for (let i = from; i < to; i++) {
    if (LOWER_TOKEN[bytes[i]!] !== nameBytes[nameAt + i - from]) return false;
  }
  return true;
}
