// How a backend wants to be called, as a proxy gets it: which endpoint is picked, when one is left
// out, how much at once. What is absent has the mesh's own way.

import type { LocalityPlan } from "./locality-plan.ts";

export type DestinationPolicyPlan = {
  readonly balancer?: BalancerPlan;
  readonly locality?: LocalityPlan;
  // Only endpoints on the caller's own node.
  readonly isNodeLocal?: true;
  readonly ejection?: EjectionPlan;
  readonly connections?: ConnectionsPlan;
};

export type BalancerPlan =
  | SpreadingBalancerPlan
  // Requests that are alike go to the same endpoint.
  | { readonly kind: "hash"; readonly by: HashKeyPlan; readonly table: HashTablePlan };

export type SpreadingBalancerPlan = {
  readonly kind: "round-robin" | "random" | "least-request" | "peak-ewma";
  readonly warmUp?: WarmUpPlan;
};

// A new endpoint's share grows to its full one.
export type WarmUpPlan = {
  readonly durationMs: number;
  readonly percentMin: number; // of a full share, to begin with
  readonly aggression: number; // 1: in a straight line; more: sooner
};

export type HashKeyPlan =
  | { readonly kind: "header" | "query"; readonly name: string }
  // With a life, it is set where it is missing; 0: for the browser's session.
  | {
      readonly kind: "cookie";
      readonly name: string;
      readonly path: string;
      readonly lifeMs?: number;
      // Besides, as they stand in Set-Cookie: "SameSite=Strict".
      readonly attributes?: readonly string[];
    }
  | { readonly kind: "source" };

export type HashTablePlan =
  | { readonly kind: "ring"; readonly pointsMin: number }
  | { readonly kind: "maglev"; readonly slots: number };

// An endpoint that fails time after time is left out for a while. 0 failures: that kind is not
// looked at.
export type EjectionPlan = {
  readonly failures: number; // answers of 500 and above, and none at all
  readonly gatewayFailures: number; // 502, 503, 504, and none at all
  // Where these are counted apart, no answer at all is one of them, and none of those above.
  readonly localFailures: number;
  readonly isLocalApart: boolean;
  readonly intervalMs: number; // well for that long: one ejection less is remembered
  readonly baseMs: number; // times the number of ejections
  readonly ejectedPercentMax: number;
  // With less than this share left, all are asked again.
  readonly healthyPercentMin: number;
};

export type ConnectionsPlan = {
  readonly connectionsMax?: number;
  readonly pendingMax?: number;
  readonly requestsMax?: number;
  readonly retriesMax?: number;
  readonly requestsPerConnectionMax?: number;
  readonly streamsPerConnectionMax?: number;
  readonly connectTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly connectionLifeMs?: number;
};
