// What becomes of a request. Every decision that a plan can take is made once, when the plan is
// bound, so that a request only points at one.

import type { BackendPlan, RoutePlan } from "#snapshot/plan.ts";
import type { BoundReply, BoundShape } from "./bound-shape.ts";

export type EndpointsBackend = Extract<BackendPlan, { kind: "endpoints" }>;

export type Decision = ForwardDecision | ReplyDecision | AnswerDecision;

export type ForwardDecision = {
  readonly kind: "forward";
  // Its place in BoundOutbound.decisions: a key for what somebody keeps for each decision.
  readonly index: number;
  readonly routeIndex: number;
  readonly backendIndex: number;
  readonly route: RoutePlan;
  // May have no endpoints: that is for whoever picks one to find out.
  readonly backend: EndpointsBackend;
  readonly shape: BoundShape | undefined;
};

// The proxy answers, because a document says so: a redirect, a text, a preflight's permissions.
export type ReplyDecision = {
  readonly kind: "reply";
  readonly index: number;
  readonly routeIndex: number;
  readonly backendIndex: -1;
  readonly route: RoutePlan;
  readonly reply: BoundReply;
};

// The mesh refuses.
export type AnswerDecision = {
  readonly kind: "answer";
  readonly index: number;
  readonly code: "no-route" | "backend-invalid";
  readonly routeIndex: number; // -1 where no route matched
  readonly backendIndex: number; // -1 where the route has no backend
  readonly route: RoutePlan | undefined;
  readonly detail: string;
};

// What it is decided by. The proxy's RequestHead has these fields.
export type DecisionRequest = {
  readonly method: string;
  readonly authority: string;
  readonly path: string; // with the query
  readonly headers: readonly string[]; // flat, names in lower case
  readonly scheme?: "http" | "https"; // http by default
  readonly serverName?: string; // of a connection: what its ClientHello names, lower case
};
