// What the rule that takes a request wants of its way: times, retries, faults, copies.

export type ExplainedTraffic = {
  // Null: none.
  readonly requestTimeoutMs: number | null;
  readonly tryTimeoutMs: number | null;
  readonly retries: ExplainedRetries | null;
  readonly faults: readonly ExplainedFault[];
  readonly mirrors: readonly ExplainedMirror[];
};

export type ExplainedRetries = {
  readonly attempts: number;
  readonly backoffMs: number;
  // "503", "500 to 599", "gRPC 14", "a broken connection", "a try that took too long"
  readonly conditions: readonly string[];
  // Of this request, once an endpoint may have seen it.
  readonly isAllowed: boolean;
};

export type ExplainedFault = {
  readonly kind: "delay" | "abort";
  readonly by?: string; // which object says it; absent: the rule
  readonly percent: number;
  readonly delayMs: number | null;
  readonly status: number | null;
  readonly grpcStatus: number | null;
  // By the draw; null where nothing was drawn and it isn't sure.
  readonly isHit: boolean | null;
};

export type ExplainedMirror = {
  readonly backend: string; // "bookshop/reviews", "bookshop/reviews/v2"
  readonly percent: number;
  readonly isHit: boolean | null;
};
