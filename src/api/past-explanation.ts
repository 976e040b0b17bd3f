// What became of a request that has been, and why: `weft explain ID`. One hop for each proxy that
// decided on it and tells of it.

import type { ExplainedRequest } from "./explanation.ts";

export type PastExplanation = {
  readonly kind: "past";
  readonly requestId: string;
  readonly hops: readonly ExplainedHop[]; // in the order of time
};

export type ExplainedHop = {
  readonly proxy: string; // whose: "bookshop/web"
  readonly atMs: number; // wall clock there
  readonly durationMs: number;
  readonly method: string;
  readonly path: string;
  readonly to: string;
  // The same decision taken again, on the plan that decided. Null: no plan did, or it is gone.
  readonly decision: ExplainedRequest | null;
  // Whether it comes out as it did.
  readonly agrees: boolean;
  // The backend is that of the request's session, whatever the weights have drawn.
  readonly isKeptBySession: boolean;
  readonly gates: readonly ExplainedGate[]; // in the order passed
  readonly tries: readonly ExplainedTry[];
  readonly status: number; // 499: the caller left before
  readonly grpcStatus: string | null;
  readonly cause: string | null; // null: the application answered
};

export type ExplainedGate = {
  readonly gate: "load-shedding" | "plan" | "fault" | "limits" | "pick" | "retry-budget";
  readonly outcome: "passed" | "waited" | "delayed" | "refused" | "spent";
  readonly detail: string;
};

export type ExplainedTry = {
  readonly address: string;
  readonly workload: string | null; // "bookshop/reviews-v2"
  readonly sentAfterMs: number | null; // null: never
  readonly endedAfterMs: number;
  // "200", "upstream-reset"
  readonly outcome: string;
};
