// One side of a traced request, as its proxy tells it.

export type ReportedSpan = {
  readonly traceId: string; // 32 hexadecimal digits
  readonly spanId: string; // 16
  readonly parentId: string; // "": it is the first
  readonly kind: "client" | "server"; // the caller's proxy, or the other one
  readonly startMs: number; // the proxy's wall clock
  readonly durationMs: number;
  readonly method: string;
  readonly path: string; // without the query
  readonly authority: string;
  readonly status: number; // 0: nothing was answered
  readonly grpcStatus: string;
  readonly cause: string; // "" where the application answered
  readonly requestId: string;
  readonly service: string; // that was asked: "reviews.bookshop:9080", "" for none
  readonly peer: string; // the workload on the other side: "bookshop/web", "" where unknown
  readonly route: string;
  readonly backend: string;
  readonly endpoint: string; // "127.64.0.3:15008"
  readonly attempts: number;
  // What documents want it to say besides.
  readonly tags?: readonly (readonly [name: string, value: string])[];
  // Of a caller's: "forwarded", the application was sent a request of the same trace; "dropped", it
  // was not, while it was answering others; "own", it was answering nobody.
  readonly context?: "forwarded" | "dropped" | "own";
};
