// The model: what all documents together say, in no dialect's words.

import type { LimitPair } from "#base/limits.ts";
import type { AccessLog } from "./access-log.ts";
import type { PortedPolicy } from "./destination-policy.ts";
import type { Labels } from "./document.ts";
import type { EgressRule } from "./egress-rule.ts";
import type { FaultRule } from "./fault-rule.ts";
import type { Locality } from "./locality.ts";
import type { Origin } from "./origin.ts";
import type { PeerRule } from "./peer-rule.ts";
import type { DelegateRules, HttpRoute } from "./route.ts";
import type { TapRules } from "./tap-rules.ts";
import type { TelemetryRule } from "./telemetry-rule.ts";
import type { Tracing } from "./tracing.ts";

export type Model = {
  readonly mesh: MeshSettings;
  readonly workloads: readonly Workload[];
  readonly services: readonly Service[];
  readonly outsides: readonly Outside[];
  readonly serviceAccounts: readonly ServiceAccount[];
  readonly subsets: readonly SubsetRule[];
  readonly routes: readonly HttpRoute[];
  readonly referenceGrants?: readonly ReferenceGrant[];
  readonly delegates?: readonly DelegateRules[];
  readonly entries?: readonly WorkloadEntry[];
  readonly egressRules?: readonly EgressRule[];
  readonly peerRules?: readonly PeerRule[];
  readonly faultRules?: readonly FaultRule[];
  readonly telemetryRules?: readonly TelemetryRule[];
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

// What a document calls a service. `host`: as it was written, where that may also mean something
// outside the mesh ("api.example.com"), or a pattern ("*.example.com"); hosts come first.
export type ServiceRef = Name & { readonly host?: string };

// "http2": the application speaks HTTP/2 on that port, without TLS; gRPC is that. "tcp": bytes.
// "detect": no document says, so each connection's first bytes do.
export type Protocol = "http" | "http2" | "tcp" | "detect";

export type MeshSettings = {
  readonly trustDomain: string; // "mesh.local"
  readonly certificateLifeMs: number;
  readonly limits?: readonly LimitPair[];
  readonly accessLog?: AccessLog; // absent: nobody writes one
  readonly tracing?: Tracing; // absent: nobody traces
  readonly tap?: TapRules; // absent: no bodies, and no secrets besides those that always are
  // Of services that say nothing of it themselves.
  readonly locality?: Locality;
  // What no document declares may be dialled anyhow, without any rules.
  readonly allowsUnknown?: boolean;
  // Its workloads are pods: ports that nobody declares are taken, too, and so is plaintext where no
  // PeerAuthentication says otherwise. A Service's endpoints are those of its EndpointSlices.
  readonly onKubernetes?: true;
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
  // What people call it: of a pod, what made it ("web" of the Deployment). Absent: its name.
  readonly controller?: string;
  // Of a pod: where it is, whoever else is there.
  readonly addresses?: readonly string[];
};

export type WorkloadPort = {
  readonly name: string;
  // What other documents call it. On this machine the process may get another, see `weft up`.
  readonly port: number;
  readonly protocol: Protocol;
};

// What the process dials: it gets WEFT_<SERVICE>_URL (http) or _HOST and _PORT (tcp).
export type Dependency = {
  readonly service: ServiceRef;
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
  // Lower case; absent: NAME.NAMESPACE.svc.cluster.local. "*.example.com": every name below that.
  readonly host?: string;
  // By which it can be dialled, too: "10.0.0.7", "10.1.0.0/16".
  readonly addresses?: readonly string[];
  // Namespaces that know it; absent: all.
  readonly exportTo?: readonly string[];
  // Each of its workloads has a name of its own: "redis-0.redis.shop.svc.cluster.local".
  readonly isHeadless?: true;
  // Also those that are not ready.
  readonly takesUnready?: true;
  // Another name for that host, if the mesh has it; else where it leads.
  readonly aliasOf?: string;
  // What was dialled is where it is.
  readonly isAsDialled?: true;
  // Names that certificates of its endpoints may show.
  readonly certificateNames?: readonly string[];
  // Others of its name, whose endpoints are asked, too: those of the port of the same name.
  readonly joined?: readonly Service[];
};

export type ServicePort = {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number | string; // a WorkloadPort's number or name
  readonly protocol: Protocol;
  // What it carries begins with a TLS ClientHello, in which the server is named.
  readonly isTls?: true;
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
  readonly address: string; // a host name where it has a `resolution`
  readonly name: string; // for people: what runs there, else the address
  readonly isReady: boolean;
  // It is about to end, and serves yet: asked where none is ready.
  readonly isLeaving?: true;
  // Where it runs, as far as the document says.
  readonly region?: string;
  readonly zone?: string;
  readonly subzone?: string;
  readonly node?: string;
  // Whose callers it is meant for.
  readonly forZones?: readonly string[];
  // All addresses that the name has, or the first.
  readonly resolution?: "all" | "first";
  // Subsets choose by them; absent: no subset leaves it out.
  readonly labels?: Labels;
  // By the name of the service's port, before the Outside's own.
  readonly ports?: ReadonlyMap<string, number>;
  // This workload of the mesh is there: its proxy is spoken to.
  readonly workload?: Workload;
  // It has a proxy of another mesh's make, which shows this account's identity...
  readonly serviceAccount?: string;
  // ...to TLS on the port itself, or inside HBONE.
  readonly isTunnelled?: true;
};

// An endpoint that services select by its labels, as they select workloads.
export type WorkloadEntry = Name & {
  readonly origin: Origin;
  readonly labels: Labels;
  readonly endpoint: OutsideAddress;
};

export type OutsidePort = {
  readonly name: string;
  readonly port: number;
  readonly protocol?: Protocol; // where the slice says it
};

export type ServiceAccount = Name & {
  readonly origin: Origin;
  // `weft run` may join processes under it.
  readonly joinable: boolean;
};

// How a service is called, and its versions, told apart by labels.
export type SubsetRule = {
  readonly origin: Origin;
  readonly service: ServiceRef;
  // Namespaces whose callers know it; absent: all.
  readonly exportTo?: readonly string[];
  readonly subsets: readonly Subset[];
  readonly policy?: PortedPolicy;
};

export type Subset = {
  readonly name: string;
  readonly labels: Labels;
  readonly policy?: PortedPolicy; // part by part before the service's
};
