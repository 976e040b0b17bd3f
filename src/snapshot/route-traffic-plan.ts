// What a rule wants of the requests that it takes, besides where they go.

export type RouteTrafficPlan = {
  readonly timeouts?: TimeoutsPlan;
  readonly retry?: RetryPlan;
  readonly fault?: FaultPlan;
  readonly mirrors?: readonly MirrorPlan[];
};

export type TimeoutsPlan = {
  readonly requestMs: number; // 0: none
  readonly tryMs: number; // 0: none
  // "whole": from the request's head to the end of the answer, and a try as well. "waiting": from
  // the end of the request; a try until its answer begins.
  readonly span: "whole" | "waiting";
};

export type RetryPlan = {
  // How often a request that an upstream may have seen is sent again.
  readonly attempts: number;
  readonly backoffMs: number;
  readonly on: RetryConditionsPlan;
  readonly allowsUnsafe: boolean;
  readonly avoidsTried: boolean;
};

export type RetryConditionsPlan = {
  readonly statuses: readonly (readonly [from: number, to: number])[]; // inclusive
  readonly grpcStatuses: readonly number[];
  readonly reset: boolean;
  readonly timeout: boolean;
};

// Shares are 0 to 1.
export type FaultPlan = {
  readonly delay?: { readonly share: number; readonly ms: number };
  readonly abort?: { readonly share: number; readonly status: number; readonly grpc: number };
  readonly by?: string; // "FaultInjection bookshop/slow"; absent: the rule itself
};

export type MirrorPlan = {
  readonly backend: number; // in OutboundPlan.backends
  readonly share: number;
  readonly marksAuthority: boolean; // "-shadow" is appended to its host
};
