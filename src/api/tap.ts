// Live requests: what to ask for, and what comes. POST tap is answered by server-sent events:
// "request", "answer" and "end" of each request that passes, and "untold".

import type { StatKind } from "./stat-row.ts";

export type TapQuery = {
  // Whose proxies are watched.
  readonly kind: StatKind;
  readonly namespace?: string;
  readonly name?: string;
  // Requests a second, of all proxies together; the rest is counted.
  readonly perSecondMax?: number;
  readonly filter?: TapQueryFilter;
  // With bodies, up to so many bytes of each direction: needs role write, and spec.tap.bodies of
  // the MeshConfig. Absent: without.
  readonly bodyBytesMax?: number;
};

// A request must pass all that is there.
export type TapQueryFilter = {
  readonly direction?: "in" | "out";
  readonly methods?: readonly string[];
  readonly scheme?: string;
  readonly authority?: string; // with or without its port
  readonly pathPrefix?: string;
  // Null: it is there, whatever it says.
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
  readonly from?: TapQueryParty;
  readonly to?: TapQueryParty;
  readonly statusFrom?: number;
  readonly statusTo?: number;
  readonly latencyMinMs?: number;
};

export type TapQueryParty = {
  readonly namespace?: string;
  readonly workload?: string;
  readonly service?: string;
};

// `id` is the same for all events of one request: "bookshop/web:12".
export type TappedEvent = TappedRequest | TappedAnswer | TappedEnd;

export type TappedRequest = {
  readonly phase: "request";
  readonly id: string;
  readonly proxy: string; // "bookshop/web"
  readonly atMs: number; // the proxy's wall clock
  readonly direction: "in" | "out";
  readonly source: TappedPeer;
  readonly destination: TappedPeer;
  readonly service: string; // "reviews.bookshop:9080"; "" where it is none
  readonly route: string; // "" where none decided here
  readonly isMutualTls: boolean;
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

export type TappedPeer = {
  readonly address: string; // "" where unknown
  readonly namespace: string;
  readonly workload: string;
  readonly identity: string;
};

export type TappedAnswer = {
  readonly phase: "answer";
  readonly id: string;
  readonly status: number;
  readonly latencyMs: number; // since the request's head
  readonly headers: readonly (readonly [name: string, value: string])[];
};

export type TappedEnd = {
  readonly phase: "end";
  readonly id: string;
  readonly durationMs: number;
  readonly status: number; // 0 for none
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly grpcStatus: string;
  readonly cause: string; // "" where the application answered
  readonly bodies?: TappedBodies; // where they were asked for
};

export type TappedBodies = { readonly request: TappedBody; readonly response: TappedBody };

// As it passed, compressed if it was, but for secrets that could be found.
export type TappedBody = {
  readonly size: number; // bytes that passed
  readonly type: string; // content-type; "" for none
  readonly encoding: string; // content-encoding
  readonly text?: string; // where it is UTF-8
  readonly base64?: string; // where it isn't
  readonly truncated: boolean; // more passed than is told
  readonly unfinished?: true; // it broke off, or nobody waited for its end
  readonly withheld?: TappedWithheld; // why it isn't told, or what follows the text isn't
};

export const TAPPED_WITHHELD = {
  forbidden: "no document allows bodies of this type",
  encoded: "compressed, so that secrets in it can't be found",
  unreadable: "not what it is said to be, so that secrets in it can't be found",
  busy: "too many bodies at once",
  upgrade: "a conversation",
  unsent: "the mesh answered, and nobody was asked",
} as const;

export type TappedWithheld = keyof typeof TAPPED_WITHHELD;

// Requests that were too many since the last time.
export type TapUntold = { readonly untold: number };
