// How a service wants to be called: which endpoint is picked, when one is left out, how much at
// once. What is absent has the mesh's own way.

import type { Locality } from "./locality.ts";

export type DestinationPolicy = {
  readonly balancer?: Balancer;
  readonly ejection?: Ejection;
  readonly connections?: Connections;
  readonly tls?: TlsOrigination;
};

// What is spoken to endpoints that have no proxy of the mesh.
export type TlsOrigination =
  | { readonly kind: "none" }
  // As a workload of the mesh: its own certificate, and the mesh's roots.
  | ({ readonly kind: "mesh" } & ServerIdentity)
  | ({ readonly kind: "tls" } & ServerIdentity & TlsFiles)
  // It can't be done as it is written, and nothing less is safe.
  | { readonly kind: "invalid"; readonly reason: string };

export type ServerIdentity = {
  readonly serverName?: string; // SNI; absent: the host that is called
  // One of these stands in its certificate; absent: the server's name does.
  readonly certificateNames?: readonly string[];
};

// Paths on the proxy's machine.
export type TlsFiles = {
  readonly caFile?: string; // absent: the well-known authorities
  readonly crlFile?: string;
  readonly certificateFile?: string; // ours
  readonly keyFile?: string;
  readonly isUnverified?: true; // whoever answers is believed
};

export type Balancer =
  | SpreadingBalancer
  // Requests that are alike go to the same endpoint.
  | {
      readonly kind: "hash";
      readonly by: HashKey;
      readonly table: HashTable;
      readonly locality?: Locality;
    };

export type SpreadingBalancer = {
  readonly kind: "round-robin" | "random" | "least-request" | "peak-ewma";
  readonly warmUp?: WarmUp;
  readonly locality?: Locality;
};

// A new endpoint's share grows to its full one.
export type WarmUp = {
  readonly durationMs: number;
  readonly percentMin: number; // of a full share, to begin with
  readonly aggression: number; // 1: in a straight line; more: sooner
};

export type HashKey =
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

export type HashTable =
  | { readonly kind: "ring"; readonly pointsMin: number }
  | { readonly kind: "maglev"; readonly slots: number };

// An endpoint that fails time after time is left out for a while. 0 failures: that kind is not
// looked at.
export type Ejection = {
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

export type Connections = {
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

// Of a whole service or a subset; a port's own is used instead, as a whole.
export type PortedPolicy = DestinationPolicy & {
  readonly ports?: readonly { readonly port: number; readonly policy: DestinationPolicy }[];
};
