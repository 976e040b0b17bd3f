// How requests to a service find their backend.

import type { Labels } from "./document.ts";
import type { Name, ServiceRef } from "./model.ts";
import type { Origin } from "./origin.ts";
import type { RequestShape } from "./request-shape.ts";
import type { RouteReply } from "./route-reply.ts";
import type { RouteTraffic } from "./route-traffic.ts";
import type { SessionPersistence } from "./session-persistence.ts";

export type RouteDialect = "gateway-api" | "istio" | "linkerd" | "smi";

export type HttpRoute = {
  readonly origin: Origin;
  readonly dialect: RouteDialect;
  readonly parents: readonly RouteParent[];
  // Which Host or :authority it is for, lower case, without port; empty for any.
  readonly authorities: readonly string[];
  // Of any, all but these: they have rules of their own.
  readonly exceptAuthorities?: readonly string[];
  // What it is about; absent: HTTP requests. "tls": connections whose ClientHello was read.
  readonly layer?: "tcp" | "tls";
  // Only for callers in this namespace (a consumer route), or for everybody.
  readonly consumerNamespace: string | undefined;
  // Only for callers in these namespaces; absent: anywhere.
  readonly exportTo?: readonly string[];
  // Gateway API: the most specific match wins. Istio: the first in order.
  readonly order: "most-specific" | "as-written";
  // For conflicts between objects: older (smaller) wins, then the name. 0 where unknown.
  readonly createdAtMs: number;
  readonly rules: readonly RouteRule[];
};

export type RouteParent = {
  readonly service: ServiceRef;
  readonly port: number | undefined; // undefined: every port of the service
  readonly portName?: string; // absent: whatever its name
};

export type RouteRule = {
  readonly name: string; // what the user called it, else ""
  readonly index: number; // its place in the document
  readonly origin: Origin; // its own position
  // Any of them; empty matches every request.
  readonly matches: readonly RouteMatch[];
  readonly backends: readonly RouteBackend[];
  readonly shape?: RequestShape;
  readonly reply?: RouteReply; // instead of the backends
  readonly traffic?: RouteTraffic;
  readonly session?: SessionPersistence;
  // Another object's rules take what it matches; it says only what they leave out.
  readonly delegate?: Name;
};

// Rules for whoever delegates to them.
export type DelegateRules = Name & {
  readonly origin: Origin;
  readonly exportTo?: readonly string[];
  readonly rules: readonly RouteRule[];
};

// All of its parts.
export type RouteMatch = {
  // Which port of the service was dialled; absent for any.
  readonly port?: number | undefined;
  readonly path: PathMatch | undefined;
  readonly method: string | undefined;
  readonly authority: StringMatch | undefined;
  readonly headers: readonly FieldMatch[]; // names in lower case
  readonly query: readonly FieldMatch[];
  readonly methodMatch?: StringMatch; // a method that isn't named exactly
  readonly scheme?: StringMatch;
  readonly withoutHeaders?: readonly FieldMatch[]; // none of them may hold
  readonly ignoresPathCase?: true;
  readonly callers?: CallerMatch;
  // Of a connection: what its ClientHello names (lower case, "*.example.com"), any of them...
  readonly serverNames?: readonly string[];
  // ...and the address that was dialled: "10.0.0.7", "10.0.0.0/8", any of them.
  readonly subnets?: readonly string[];
};

// Who asks: all of its parts.
export type CallerMatch = {
  readonly namespace: string | undefined;
  readonly labels: Labels;
};

export type PathMatch =
  | { readonly kind: "exact"; readonly value: string }
  // By characters (Istio) or by whole segments (Gateway API).
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "segment-prefix"; readonly value: string }
  // `isBroad`: less specific than any prefix.
  | { readonly kind: "regex"; readonly value: string; readonly isBroad?: true };

export type StringMatch =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "prefix"; readonly value: string }
  | { readonly kind: "regex"; readonly value: string }
  | { readonly kind: "present" };

export type FieldMatch = { readonly name: string; readonly value: StringMatch };

export type RouteBackend =
  | {
      readonly kind: "service";
      readonly service: ServiceRef;
      readonly port: number | undefined; // undefined: the port that was dialled
      readonly subset: string | undefined;
      readonly weight: number;
      readonly origin: Origin;
      readonly shape?: RequestShape;
    }
  | { readonly kind: "invalid"; readonly reason: string; readonly weight: number };
