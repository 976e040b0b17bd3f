// Where requests go one after the other, never two at a time: a connection, or one of the streams
// on a connection.

import type { LoadErrorKind } from "./load-result.ts";

export type LoadLane<Request> = {
  readonly isBusy: boolean;
  // From when the latency of the request counts.
  readonly sinceMs: number;
  readonly sentAtMs: number;
  // Of the last answer.
  readonly status: number;
  readonly bodyBytes: number;
  readonly grpcStatus: number; // -1: none
  // Ahead of the first request, so that a load begins with its connections open.
  dial(): void;
  send(request: Request, sinceMs: number, nowMs: number): void;
  // Gives the request up.
  expire(): void;
  close(): void;
};

export type LaneEvents<Request> = {
  // Exactly one of the two for each request.
  answered(lane: LoadLane<Request>): void;
  failed(lane: LoadLane<Request>, kind: LoadErrorKind): void;
};

// A protocol, as a load sees it.
export type LoadProtocol<Request> = {
  readonly source: { next(): Request };
  // Neighbours in this list are best on different connections: that is the order of their turns.
  lanes(events: LaneEvents<Request>): readonly LoadLane<Request>[];
};

export type DialTarget = { readonly host: string; readonly port: number };
