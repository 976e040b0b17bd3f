// What a proxy tells of single requests: enough to take the decision again, and what came of it.
// Which requests those are is a sample, see RequestRecorder.

export type RecordedRequest = {
  readonly id: string; // its x-request-id
  readonly atMs: number; // when it came; the proxy's wall clock
  readonly durationMs: number;
  readonly to: string; // what was dialled
  readonly method: string;
  readonly authority: string;
  readonly scheme: "http" | "https";
  // Without the query, unless a rule of the plan looks at it.
  readonly path: string;
  // Those that a rule of the plan looks at.
  readonly headers: readonly (readonly [name: string, value: string])[];
  // Absent where no plan decided.
  readonly decided?: RecordedDecision;
  readonly hasWaited: boolean; // for its plan, or for an endpoint
  readonly isDelayed: boolean; // by an injected fault
  // A retry was right, and the budget had none left.
  readonly isBudgetSpent: boolean;
  readonly tries: readonly RecordedTry[];
  readonly status: number; // that was answered; 0 for none
  readonly grpcStatus: string; // "" where it is no gRPC call
  readonly cause: string; // "" where the application answered
};

export type RecordedDecision = {
  readonly planId: string;
  readonly planHash: string;
  readonly draw: number;
  readonly index: number; // Decision.index
  readonly endpoints: number; // of the chosen backend
  readonly ejected: number; // of those, shortly after
};

export type RecordedTry = {
  readonly address: string;
  // Since the request came. Null: it was never sent.
  readonly sentAfterMs: number | null;
  readonly endedAfterMs: number;
  // The status of the answer, "503", or why there is none, "upstream-reset". "" for the last try,
  // where the request's own status and cause say it.
  readonly outcome: string;
};

// An endpoint as one proxy finds it now.
export type EndpointSample = {
  readonly namespace: string;
  readonly service: string;
  readonly subset: string;
  readonly port: number;
  readonly address: string;
  readonly inFlight: number;
  readonly latencyMs: number; // a moving average; 0 for unknown
  readonly ejectedForMs: number; // from now on; 0: it isn't
  readonly isAvoided: boolean; // it could not be reached a moment ago
  readonly warmingForMs: number; // 0: it is warm
};
