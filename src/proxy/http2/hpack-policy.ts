// What the encoder may put into the dynamic table, by name. A header that changes with every
// request would push out those that repeat; a short secret could be guessed by watching sizes.

export type IndexPolicy =
  // Repeats: indexed when first seen.
  | "at-once"
  // May repeat: indexed when a value comes again.
  | "when-repeated"
  // Changes with every message.
  | "never"
  // As `when-repeated`, but never while it is short enough to be guessed (RFC 7541 §7.1.3).
  | "secret";

const AT_ONCE = [
  ":authority",
  ":method",
  ":scheme",
  ":status",
  "user-agent",
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "content-encoding",
  "grpc-encoding",
  "grpc-accept-encoding",
  "grpc-status",
  "te",
  "server",
  "vary",
  "cache-control",
  "x-forwarded-proto",
  "x-forwarded-client-cert",
  "weft-port",
  "weft-cause",
];
const NEVER = [
  "content-length",
  "date",
  "etag",
  "last-modified",
  "expires",
  "age",
  "traceparent",
  "x-request-id",
  "x-b3-traceid",
  "x-b3-spanid",
  "x-b3-parentspanid",
  "b3",
  "grpc-timeout",
  "idempotency-key",
];
const SECRET = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

export const INDEX_POLICIES: ReadonlyMap<string, IndexPolicy> = new Map([
  ...AT_ONCE.map((name) => [name, "at-once"] as const),
  ...NEVER.map((name) => [name, "never"] as const),
  ...SECRET.map((name) => [name, "secret"] as const),
]);
