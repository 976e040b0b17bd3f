// A plan: what a proxy runs on. The projection of a snapshot for one destination (outbound) or for
// one workload (inbound); plain data, serialisable, hashed. decision/bind turns it into tables.

import type { LimitPair } from "#base/limits.ts";
import type { AccessLogPlan } from "./access-log-plan.ts";
import type { DestinationPolicyPlan } from "./destination-policy-plan.ts";
import type { PlacePlan } from "./locality-plan.ts";
import type { MetricsOffPlan } from "./metrics-off-plan.ts";
import type { RouteTrafficPlan } from "./route-traffic-plan.ts";
import type { SessionPlan } from "./session-plan.ts";
import type { ReplyPlan, ShapePlan } from "./shape-plan.ts";
import type { TapPlan } from "./tap-plan.ts";
import type { TlsPlan } from "./tls-plan.ts";
import type { TracingPlan } from "./tracing-plan.ts";

export type Plan = OutboundPlan | InboundPlan;

// What the application behind a port speaks. "http2": HTTP/2 without TLS, gRPC included. "detect":
// nobody says, so each connection's first bytes do.
export type PlanProtocol = "http" | "http2" | "tcp" | "detect";

export type OutboundPlan = {
  readonly kind: "outbound";
  readonly id: string; // "outbound/bookshop/reviews/9080"
  readonly hash: string; // of everything else; two plans with one hash are the same
  readonly scope: ServicePortScope;
  readonly protocol: PlanProtocol;
  // Which route takes a connection depends on its ClientHello.
  readonly readsServerName?: true;
  // Tried in order; the first that matches takes the request.
  readonly routes: readonly RoutePlan[];
  // Routes name backends by their index.
  readonly backends: readonly BackendPlan[];
};

// What the plan answers for: every key that means this port of this service.
export type ServicePortScope = {
  readonly kind: "service-port";
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  // "reviews.bookshop.svc.cluster.local"
  readonly host: string;
};

export type RoutePlan = {
  // For people, metrics and logs: "HTTPRoute bookshop/reviews", or "default" where no document
  // routes the service.
  readonly name: string;
  readonly rule: number; // the rule's place in its document
  readonly ruleName: string;
  readonly origin: OriginPlan | undefined;
  // Any of them; empty matches every request.
  readonly matches: readonly MatchPlan[];
  readonly action: RouteAction;
  readonly reply?: ReplyPlan; // instead of the action
  readonly shape?: ShapePlan;
  readonly session?: SessionPlan;
  readonly traffic?: RouteTrafficPlan;
};

export type OriginPlan = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
};

export type RouteAction =
  // Weights of 0 are left out; an empty list answers 500 with "backend-invalid".
  { readonly kind: "forward"; readonly backends: readonly WeightedBackendPlan[] };

export type WeightedBackendPlan = {
  readonly backend: number;
  readonly weight: number;
  readonly shape?: ShapePlan; // before the route's own
};

export type MatchPlan = {
  readonly authorities: readonly string[]; // lower case, without port; empty: any
  readonly path: PathMatchPlan | undefined;
  readonly method: string | undefined;
  readonly authority: StringMatchPlan | undefined;
  readonly headers: readonly FieldMatchPlan[];
  readonly query: readonly FieldMatchPlan[];
  readonly methodMatch?: StringMatchPlan;
  readonly scheme?: StringMatchPlan;
  readonly withoutHeaders?: readonly FieldMatchPlan[]; // none of them may hold
  readonly ignoresPathCase?: true;
  // Who may ask: "namespace/name", or "namespace/*".
  readonly callers?: readonly string[];
  // Hosts and callers, as above, that other rules are for.
  readonly exceptAuthorities?: readonly string[];
  readonly exceptCallers?: readonly string[];
  // What the ClientHello names: "api.example.com", "*.example.com"; any of them.
  readonly serverNames?: readonly string[];
  // The address that was dialled: "10.0.0.7", "10.0.0.0/8"; any of them. "*": also who dialled by
  // name, since an address of the service is one of them.
  readonly subnets?: readonly string[];
};

export type PathMatchPlan =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "segment-prefix"; readonly value: string }
  | { readonly kind: "regex"; readonly value: string };

export type StringMatchPlan =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "regex"; readonly value: string }
  | { readonly kind: "present" };

export type FieldMatchPlan = { readonly name: string; readonly value: StringMatchPlan };

export type BackendPlan =
  | EndpointsBackendPlan
  | { readonly kind: "invalid"; readonly reason: string };

export type EndpointsBackendPlan = {
  readonly kind: "endpoints";
  readonly namespace: string;
  readonly service: string;
  readonly subset: string; // "" for all of the service
  readonly part?: string; // of its endpoints, where what was dialled means one of them
  readonly port: number;
  readonly endpoints: readonly EndpointPlan[];
  readonly policy?: DestinationPolicyPlan;
};

// Later also istio.
export type EndpointPlan = MeshEndpointPlan | HboneEndpointPlan | PlainEndpointPlan;

export type MeshEndpointPlan = {
  readonly speaks: "weft";
  readonly workload: WorkloadPlan;
  readonly port: number; // the application's, as its workload declares it: the weft-port header
  readonly address: string; // of the workload's mesh listener
  readonly meshPort: number;
  readonly identity: string; // spiffe://...; the only one that its certificate may show
  readonly place?: PlacePlan; // where the backend's policy asks for it
  readonly hostname?: string; // by which a headless service knows it, where that isn't its name
};

// A workload of another mesh whose root we trust: the plan's protocol inside CONNECT to its port.
export type HboneEndpointPlan = Omit<MeshEndpointPlan, "speaks"> & { readonly speaks: "hbone" };

// Outside the mesh: the plan's protocol, inside TLS where `tls` is there.
export type PlainEndpointPlan = {
  readonly speaks: "plaintext";
  readonly workload: WorkloadPlan; // "" where unknown
  readonly address: string;
  readonly port: number;
  readonly place?: PlacePlan;
  // The address is a host's name, which the proxy resolves for each connection: what was dialled.
  readonly isNamed?: true;
  readonly tls?: TlsPlan;
};

// Who somebody is, for metrics and logs.
export type WorkloadPlan = {
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccount: string;
  readonly app: string; // label app, else the name
  readonly version: string; // label version, else ""
};

export type InboundPlan = {
  readonly kind: "inbound";
  readonly id: string; // "inbound/bookshop/reviews-v1"
  readonly hash: string;
  readonly workload: WorkloadPlan;
  readonly trustDomain: string;
  // Where it runs, as far as anybody knows.
  readonly place?: PlacePlan;
  // That differ from the defaults.
  readonly limits: readonly LimitPair[];
  readonly accessLog?: AccessLogPlan;
  readonly tracing?: TracingPlan;
  readonly tap?: TapPlan;
  readonly metricsOff?: MetricsOffPlan;
  readonly ports: readonly InboundPortPlan[];
  // Also ports that nobody declares: a pod's application listens where it likes.
  readonly takesAnyPort?: true;
  // Intercepted connections without mutual TLS are taken, too, where their port says nothing else.
  readonly takesPlaintext?: true;
};

export type InboundPortPlan = {
  readonly port: number; // as declared; the weft-port header names it
  readonly name: string;
  readonly protocol: PlanProtocol;
  // The service that a request to this port is counted for: the first that selects it.
  readonly service: string;
  readonly serviceNamespace: string;
  readonly takesPlaintext?: boolean; // before the workload's own
};
