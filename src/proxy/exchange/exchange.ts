// The contract in the middle of the data plane: one request and its answer, whatever the protocol
// on either side. Codecs offer it, the pipeline needs it, and neither asks which protocol it has.
//
//   downstream codec                 pipeline                          upstream codec
//   RequestAcceptor.request ------>  RequestEvents   UpstreamConnection.open -> UpstreamStream
//   DownstreamStream         <-----  .respond ...    ExchangeEvents  <-----------  head, data, end
//
// Rules that hold on both sides:
// - A chunk is valid only during the call that brings it: copy what you keep.
// - `write` returning false means: stop, until `drained`. Writing on is allowed only for what is
//   already in hand (at most one read buffer).
// - After `end`, `fail`, `reset` or `cancel` nothing more is called in that direction. `fail` comes
//   at most once and never after both directions have ended.
// - Events never arrive from inside the call that caused them (`open`, `write`, `respond`, ...).
//
// A tunnel is an exchange whose request asks for one (heads.ts: asksForTunnel) and whose answer
// opens it (opensTunnel). From then on `data` and `write` carry the tunnel's bytes, and `end` ends
// one direction while the other goes on. Until then a codec holds back whatever the asker sends
// after its head: an answer that opens nothing must not meet bytes that were meant for a tunnel.
// A tunnel's `end` never has trailers, and its exchange is over when both directions have ended.

import type { Failure } from "./failure.ts";
import type { Headers, RequestHead, ResponseHead } from "./heads.ts";

// ---- downstream: somebody asks us -------------------------------------------------------------

export type RequestAcceptor = {
  // Called once for each request, when its head is complete. What it returns receives the rest.
  request(head: RequestHead, stream: DownstreamStream): RequestEvents;
  // The codec could not make a request of what it read: it writes this answer and then closes. Or
  // the asker took its request back before it was told here: nobody reads the answer.
  refuse(failure: Failure): ResponseHead;
};

export type RequestEvents = {
  data(chunk: Uint8Array): void;
  // The request is complete. Called also for a request without a body, after `request` returned.
  end(trailers: Headers): void;
  // The downstream went away or broke the protocol before the exchange was over.
  fail(failure: Failure): void;
  // `DownstreamStream.write` may be called again.
  drained(): void;
};

export type DownstreamStream = {
  // 1xx other than 101; any number, before `respond`.
  inform(head: ResponseHead): void;
  respond(head: ResponseHead): void;
  write(chunk: Uint8Array): boolean;
  end(trailers?: Headers): void;
  // The answer can't be finished: what follows must look broken to the peer, never complete.
  reset(failure: Failure): void;
  // Stop and go on reading the request's body.
  pause(): void;
  resume(): void;
};

// ---- upstream: we ask somebody ----------------------------------------------------------------

export type UpstreamConnection = {
  readonly protocol: "http1" | "http2"; // for logs; nothing may branch on it
  // Requests that may be opened now. http1: 0 or 1; http2: what the peer allows, less what is open.
  readonly slotsFree: number;
  readonly slotsUsed: number;
  // Has carried an exchange before: a failure may mean that it idled too long.
  readonly isReused: boolean;
  // Only while slotsFree > 0.
  open(head: RequestHead, events: ExchangeEvents): UpstreamStream;
  // No new exchanges; closes when the open ones are over.
  drain(): void;
  // Closes at once; open exchanges fail.
  destroy(): void;
};

// Told to whoever keeps the connection (a pool).
export type ConnectionOwner = {
  // slotsFree changed, otherwise than by `open`.
  slotsChanged(): void;
  // It takes no new exchanges any more (GOAWAY, `Connection: close`), but open ones go on.
  draining(): void;
  // Gone. Called exactly once; each open exchange has had its `fail` before.
  closed(): void;
};

export type ExchangeEvents = {
  // 1xx other than 101.
  inform(head: ResponseHead): void;
  head(head: ResponseHead): void;
  data(chunk: Uint8Array): void;
  end(trailers: Headers): void;
  fail(failure: Failure): void;
  // `UpstreamStream.write` may be called again.
  drained(): void;
};

export type UpstreamStream = {
  write(chunk: Uint8Array): boolean;
  end(trailers?: Headers): void;
  // Nobody wants the answer any more. No event follows.
  cancel(): void;
  // Stop and go on reading the answer's body.
  pause(): void;
  resume(): void;
};
