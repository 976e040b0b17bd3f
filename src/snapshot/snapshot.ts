// The whole mesh compiled at one revision. Exists only in the control plane; proxies get plans.

import type { DirectTarget } from "./direct-target.ts";
import type { Directory } from "./directory.ts";
import type { InboundPlan, OutboundPlan, WorkloadPlan } from "./plan.ts";

export type Snapshot = {
  readonly revision: number;
  readonly trustDomain: string;
  readonly certificateLifeMs: number;
  // By "namespace/name/port". One plan per service port; per consumer namespace where a consumer
  // route makes it differ: then by "namespace/name/port@consumer".
  readonly outbound: ReadonlyMap<string, OutboundPlan>;
  // By "namespace/name" of the workload.
  readonly inbound: ReadonlyMap<string, InboundPlan>;
  readonly workloads: ReadonlyMap<string, WorkloadPlan>;
  // What each backend selects, ready or not, by backendKey. For people: plans list only what is
  // ready.
  readonly members: ReadonlyMap<string, readonly Member[]>;
  readonly directory: Directory;
  // By address: workloads that can be dialled by it.
  readonly direct: ReadonlyMap<string, DirectTarget>;
};

export type Member = {
  readonly workload: WorkloadPlan;
  readonly state: MemberState;
  // Whether it is called with mutual TLS; absent where nothing else is possible.
  readonly peers?: MemberPeers;
};

export type MemberPeers = {
  readonly mode: "strict" | "permissive" | "disable";
  readonly rule: string; // "PeerAuthentication shop/default"; "" where no document says it
};

export type MemberState =
  | "ready" // an endpoint
  | "not-ready" // its proxy has joined, its application does not pass its probe
  | "not-joined" // no proxy speaks for it
  | "identity-differs" // a proxy does, under another service account
  | "unresolved" // its name has no address that is known yet
  | "port-missing"; // it declares no port that the service's targetPort means
