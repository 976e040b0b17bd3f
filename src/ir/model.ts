// The model: what all documents together say, in no dialect's words.

import type { LimitPair } from "#base/limits.ts";
import type { PortedPolicy } from "./destination-policy.ts";
import type { Labels } from "./document.ts";
import type { Locality } from "./locality.ts";
import type { Origin } from "./origin.ts";
import type { HttpRoute } from "./route.ts";

export type Model = {
  readonly mesh: MeshSettings;
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly outsides: readonly Outside[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly subsets: readonly SubsetRule[];
  readonly routes: readonly HttpRoute[];
  readonly referenceGrants?: readonly ReferenceGrant[];
};

// Gateway API: objects of other namespaces that may refer to those of this one.
export type ReferenceGrant = {
  readonly namespace: string;
  readonly from: readonly { group: string; kind: string; namespace: string }[];
  // Without a name all of the kind.
  readonly to: readonly { group: string; kind: string; name: string | undefined }[];
};

export type Name = { readonly namespace: string; readonly name: string };

export function nameKey({ namespace, name }: Name): string {
  return `${namespace}/${name}`;
}

// "http2": the application speaks HTTP/2 on that port, without TLS; gRPC is that. "tcp": bytes.
// "detect": no document says, so each connection's first bytes do.
export type Protocol = "http" | "http2" | "tcp" | "detect";

export type MeshSettings = {
  readonly trustDomain: string; // "mesh.local"
  readonly certificateLifeMs: number;
  readonly limits?: readonly LimitPair[];
  // Of services that say nothing of it themselves.
  readonly locality?: Locality;
};

// A workload's own; they win over the mesh's.
export type WorkloadLimits = {
  readonly origin: Origin;
  readonly pairs: readonly LimitPair[];
};

export type Workload = Name & {
  readonly origin: Origin;
  readonly labels: Labels;
  readonly serviceAccount: string;
  readonly ports: readonly WorkloadPort[];
  readonly dependencies: readonly Dependency[];
  // How to run it on this machine.
  readonly command: readonly string[];
  readonly workingFolder: string | undefined; // relative to the folder of documents
  readonly environment: ReadonlyMap<string, string>;
  readonly readiness: Readiness;
  readonly limits?: WorkloadLimits;
};

export type WorkloadPort = {
  readonly name: string;
  // What other documents call it. On this machine the process may get another, see `weft up`.
  readonly port: number;
  readonly protocol: Protocol;
};

// What the process dials: it gets WEFT_<SERVICE>_URL (http) or _HOST and _PORT (tcp).
export type Dependency = {
  readonly service: Name;
  readonly port: number;
  readonly protocol: "http" | "tcp";
};

export type Readiness =
  | { readonly kind: "tcp"; readonly port: string } // a WorkloadPort's name
  | { readonly kind: "http"; readonly port: string; readonly path: string }
  | { readonly kind: "none" };

export type Service = Name & {
  readonly origin: Origin;
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  // All requests of one caller to the same endpoint.
  readonly isSticky?: boolean;
  // Which it prefers, also where none is ever left out for failing.
  readonly locality?: Locality;
  // Only endpoints on the caller's own node.
  readonly isNodeLocal?: boolean;
};

export type ServicePort = {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string; // a WorkloadPort's number or name
  readonly protocol: Protocol;
};

// Addresses outside the mesh behind a service that selects no workloads.
export type Outside = {
  readonly origin: Origin;
  readonly service: Name;
  readonly addresses: readonly OutsideAddress[];
  // By the name of the service's port; each holds at every address.
  readonly ports: readonly OutsidePort[];
};

export type OutsideAddress = {
  readonly address: string;
  readonly name: string; // for people: what runs there, else the address
  readonly isReady: boolean;
  // Where it runs, as far as the document says.
  readonly region?: string;
  readonly zone?: string;
  readonly subzone?: string;
  readonly node?: string;
  // Whose callers it is meant for.
  readonly forZones?: readonly string[];
};

export type OutsidePort = { readonly name: string; readonly port: number };

export type ServiceAccount = Name & {
  readonly origin: Origin;
  // `weft run` may join processes under it.
  readonly joinable: boolean;
};

// How a service is called, and its versions, told apart by labels.
export type SubsetRule = {
  readonly origin: Origin;
  readonly service: Name;
  readonly subsets: readonly Subset[];
  readonly policy?: PortedPolicy;
};

export type Subset = {
  readonly name: string;
  readonly labels: Labels;
  readonly policy?: PortedPolicy; // part by part before the service's
};
