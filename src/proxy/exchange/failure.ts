// What can go wrong with an exchange: values, never exceptions. The retry question is answered
// where the failure is known, not where it is caught.

export type FailureCode =
  // downstream: what we were sent
  | "malformed-request"
  | "head-too-large"
  | "head-timeout"
  | "request-timeout"
  | "version-unsupported"
  | "coding-unsupported"
  | "connect-unsupported"
  | "connect-required"
  | "secret-missing"
  | "browser-refused"
  | "downstream-reset"
  | "peer-unauthenticated"
  | "port-unknown"
  // the proxy: what we know or allow
  | "plan-unavailable"
  | "destination-unknown"
  | "destination-forbidden"
  | "no-route"
  | "backend-invalid"
  | "no-endpoint"
  | "overflow"
  | "stream-idle"
  | "deadline-exceeded"
  | "route-timeout"
  | "try-timeout"
  | "fault-injected"
  | "overloaded"
  | "draining"
  // upstream: whom we asked
  | "upstream-refused"
  | "upstream-timeout"
  | "upstream-untrusted"
  | "upstream-reset"
  | "upstream-malformed";

export type Failure = {
  readonly code: FailureCode;
  readonly side: "downstream" | "upstream" | "proxy";
  // May the request be sent again? always: no upstream has seen it. if-reused: an idle connection
  // died under it, the upstream has almost surely not seen it, so only an idempotent request may.
  readonly retry: "never" | "if-reused" | "always";
  readonly detail: string;
  // What is answered, where the code alone doesn't say it (answers.ts).
  readonly answer?: { readonly status: number; readonly grpc: number };
};
