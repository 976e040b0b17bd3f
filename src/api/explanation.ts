// Where a hypothetical request would go, and why: `weft explain`.

import type { DestinationPolicy } from "#ir/destination-policy.ts";
import type { SessionPersistence } from "#ir/session-persistence.ts";
import type { ExplainedNearness } from "./explained-nearness.ts";
import type { ExplainedTraffic } from "./explained-traffic.ts";

export type ExplainRequest = {
  readonly to: string; // "reviews", "reviews.bookshop:9080"
  // The workload that asks: "bookshop/web", or "web" where one only is called so.
  readonly from?: string | undefined;
  readonly method?: string | undefined; // GET
  readonly authority?: string | undefined; // as `to` says
  readonly path?: string | undefined; // "/"; with the query
  readonly headers?: readonly HeaderPair[] | undefined;
  readonly serverName?: string | undefined; // of a connection: what its ClientHello names
  // In [0, 1): what the proxy would draw for the weights. Left out: all backends are told.
  readonly draw?: number | undefined;
};

export type HeaderPair = readonly [name: string, value: string];

export type Explanation = ExplainedRequest | UnknownDestination;

// The question, with what was left out filled in.
export type RequestInQuestion = {
  readonly from: string | null; // "bookshop/web"
  readonly namespace: string; // that short names were looked up in
  readonly to: string;
  readonly method: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: readonly HeaderPair[]; // names in lower case
  readonly draw: number | null;
  readonly scheme?: "http" | "https"; // http
  readonly serverName?: string;
};

export type UnknownDestination = {
  readonly kind: "unknown-destination";
  readonly revision: number;
  readonly request: RequestInQuestion;
  readonly cause: "destination-unknown";
  readonly reason: string; // what was looked up, and what was found
  readonly suggestions: readonly string[]; // for `to`
};

export type ExplainedRequest = {
  readonly kind: "explained";
  readonly revision: number;
  readonly request: RequestInQuestion;
  readonly service: ExplainedService;
  // In the order tried, up to the one that takes the request.
  readonly rules: readonly ExplainedRule[];
  readonly rulesNotReached: number;
  // Of the rule that takes it.
  readonly backends: readonly ExplainedBackend[];
  // What that rule wants of the request's way; absent where it wants nothing.
  readonly traffic?: ExplainedTraffic;
  readonly session?: SessionPersistence;
  readonly outcome: ExplainedOutcome;
};

export type ExplainedService = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly host: string;
  readonly protocol: "http" | "http2" | "tcp" | "detect"; // "detect": no document says
  readonly planId: string;
  // Its rules hold only for callers in this namespace; null: for everybody.
  readonly consumerNamespace: string | null;
};

export type ExplainedRule = {
  readonly name: string; // "HTTPRoute bookshop/reviews", "default"
  readonly rule: number;
  readonly ruleName: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly isMatched: boolean;
  readonly isForAll: boolean; // it has no condition
  readonly misses: readonly ExplainedMiss[]; // one for each of its matches that failed
};

export type ExplainedMiss = {
  readonly part:
    | "authority"
    | "path"
    | "method"
    | "header"
    | "query"
    | "scheme"
    | "caller"
    | "server name"
    | "address"
    | "absent header"; // a header that must not be there
  readonly name: string; // of the header or the parameter, else ""
  readonly expected: string;
  readonly found: string | null;
};

// What the rule, or its backend, does to the request or to the answer.
export type ExplainedChange = {
  readonly of: "request" | "response";
  readonly part: "authority" | "path" | "header";
  readonly action: "set" | "add" | "remove";
  readonly name: string; // of the header, else ""
  readonly value: string; // what it becomes; "" where it is removed
};

export type ExplainedBackend = {
  readonly weight: number;
  readonly percent: number;
  readonly isChosen: boolean; // by the draw, or because it is the only one
  readonly changes?: readonly ExplainedChange[]; // where there are any
  readonly target: ExplainedTarget;
};

export type ExplainedTarget =
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly service: string;
      readonly subset: string; // "" for all of the service
      readonly port: number;
      readonly members: readonly ExplainedMember[];
      readonly policy?: DestinationPolicy; // where a document has one
      readonly nearness?: ExplainedNearness; // where some may be preferred for being near
    }
  | { readonly kind: "invalid"; readonly reason: string };

export type MemberState =
  | "ready"
  | "not-ready"
  | "not-joined"
  | "identity-differs"
  | "unresolved"
  | "port-missing";

// A workload that the backend selects.
export type ExplainedMember = {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly state: MemberState;
  readonly addresses: readonly string[]; // of its mesh listener
  readonly identity: string | null; // that its certificate must show
  // Whether it takes mutual TLS only, plaintext too, or is called without it, and what says so.
  readonly peers?: ExplainedPeers;
  readonly tls?: string; // in words, where TLS is spoken to who has no proxy of the mesh
  // How proxies that call it find it now, where they have something to say.
  readonly views?: readonly ExplainedView[];
};

export type ExplainedPeers = {
  readonly mode: "strict" | "permissive" | "disable";
  readonly rule: string; // "PeerAuthentication shop/default"; "": nothing says it
};

// An endpoint of a backend as one proxy finds it.
export type ExplainedView = {
  readonly seenBy: string; // whose proxy: "bookshop/web"
  readonly namespace: string;
  readonly service: string;
  readonly subset: string;
  readonly port: number;
  readonly address: string;
  readonly inFlight: number;
  readonly latencyMs: number; // a moving average; 0 for unknown
  readonly ejectedForMs: number; // from now on; 0: it isn't
  readonly isAvoided: boolean; // it could not be reached a moment ago
  readonly warmingForMs: number; // 0: it is warm
};

export type ExplainedOutcome =
  | { readonly kind: "forward" }
  // The proxy answers, because the rule says so.
  | {
      readonly kind: "reply";
      readonly reply: "redirect" | "direct" | "preflight";
      readonly status: number;
      readonly location: string | null; // of a redirect
      readonly bodyBytes: number;
    }
  // The proxy answers itself; docs/reference/causes.md.
  | {
      readonly kind: "answer";
      readonly cause: "no-route" | "backend-invalid" | "no-endpoint" | "fault-injected";
      readonly reason: string;
    };
