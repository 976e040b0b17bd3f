// What a rule wants of the requests that it takes, besides where they go: how long they may take,
// what is tried again, what goes wrong on purpose, and who gets a copy.

import type { RouteBackend } from "./route.ts";

export type RouteTraffic = {
  readonly timeouts?: RouteTimeouts;
  readonly retry?: RouteRetry;
  readonly fault?: RouteFault;
  readonly mirrors?: readonly RouteMirror[];
};

export type RouteTimeouts = {
  // 0: none.
  readonly requestMs: number;
  readonly tryMs: number;
  // "whole" (Gateway API): from the request's head to the end of the answer, and a try as well.
  // "waiting" (Istio): from the end of the request; a try until its answer begins.
  readonly span: "whole" | "waiting";
};

export type RouteRetry = {
  // How often a request that an upstream may have seen is sent again; 0: never.
  readonly attempts: number;
  readonly backoffMs: number; // at least, before the first retry
  readonly on: RetryConditions;
  // Also what isn't idempotent: the user said so.
  readonly allowsUnsafe: boolean;
  // Endpoints that have failed the request come last.
  readonly avoidsTried: boolean;
};

export type RetryConditions = {
  // From and to, inclusive.
  readonly statuses: readonly (readonly [number, number])[];
  readonly grpcStatuses: readonly number[];
  readonly reset: boolean; // the connection or the stream broke before an answer
  readonly timeout: boolean; // the try had its time
};

export type RouteFault = {
  readonly delay?: { readonly share: number; readonly ms: number }; // shares are 0 to 1
  readonly abort?: { readonly share: number; readonly status: number; readonly grpc: number };
};

export type RouteMirror = {
  readonly backend: RouteBackend;
  readonly share: number;
  // Istio's mirrors are told by their authority: "-shadow" is appended to the host.
  readonly marksAuthority: boolean;
};
