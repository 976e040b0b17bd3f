// The requests of one session stay with the endpoint that had the first.

export type SessionPersistence = {
  readonly kind: "cookie" | "header";
  readonly name: string; // of a header in lower case
  readonly absoluteMs?: number; // after its first request
  readonly idleMs?: number; // after its last
  readonly isPermanent: boolean; // the cookie outlives the browser
};
