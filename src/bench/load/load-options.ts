// What a load is: how many requests of which shapes come when, over how many connections.

import type { RequestShape } from "./request-shape.ts";

export type LoadOptions = {
  // "http://127.0.0.1:9080/prefix": where to dial, and what goes before every path.
  readonly target: string;
  readonly shapes: readonly RequestShape[];
  // http2: with prior knowledge, as gRPC without TLS does.
  readonly protocol: LoadProtocolName;
  readonly loop: LoadLoop;
  readonly connections: number;
  // Requests on each connection at a time. More than 1 needs HTTP/2.
  readonly streams: number;
  // Off: a connection for each request.
  readonly keepsAlive: boolean;
  // Requests scheduled before its end are sent and not counted.
  readonly warmUpMs: number;
  // Of the part that counts. Infinity: until the signal.
  readonly durationMs: number;
  // Ends the load after so many counted requests, if that comes first.
  readonly requestsMax: number;
  readonly requestTimeoutMs: number;
  // Open loop: arrivals that may wait for a free connection or stream. One more is the error
  // "overload".
  readonly waitingMax: number;
};

export type LoadProtocolName = "http1" | "http2";

export type LoadLoop =
  // Every connection, or stream, sends its next request when it has the answer to the last.
  | { readonly kind: "closed" }
  // Requests come when the schedule says, however slowly they are answered.
  | {
      readonly kind: "open";
      readonly ratePerSecond: number;
      readonly arrivals: "uniform" | "poisson";
      readonly pacing: Pacing;
    };

// timer: cheap; arrivals up to a millisecond or two late, several at once at high rates.
// spin: exact to some microseconds, for the price of a whole core at high rates.
export type Pacing = "timer" | "spin";

export const LOAD_DEFAULTS = {
  protocol: "http1",
  streams: 1,
  keepsAlive: true,
  warmUpMs: 0,
  durationMs: Number.POSITIVE_INFINITY,
  requestsMax: Number.POSITIVE_INFINITY,
  requestTimeoutMs: 10_000,
  waitingMax: 4096,
} as const;
