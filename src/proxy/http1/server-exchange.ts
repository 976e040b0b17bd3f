// Hot path.
//
// The answering half of one exchange: what the pipeline calls, written to the connection. One
// object an exchange, so that a call that comes too late meets an exchange that is over and not
// the next one.

import assert from "node:assert/strict";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Headers, ResponseHead } from "#proxy/exchange/heads.ts";
import { LENGTH_UNKNOWN } from "#proxy/exchange/heads.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import type { BodyFraming } from "./body-decoder.ts";
import type { BodyWriter } from "./body-writer.ts";
import type { DateLine } from "./date-line.ts";
import { encodeInform, encodeResponseHead } from "./head-writer.ts";
import type { ParsedRequest } from "./request-head.ts";

// The connection, as an exchange on it sees it.
export type ServerExchangeKeeper = {
  readonly outgoing: Outgoing;
  readonly body: BodyWriter;
  readonly date: DateLine;
  // Is this the last exchange, whatever the peer would like?
  isLast(): boolean;
  // The answer is complete.
  answered(): void;
  // The answer's body is not as long as its head says, so it can't be completed.
  broken(): void;
  reset(): void;
  paused(isPaused: boolean): void;
};

type State = "waiting" | "answering" | "over";

const NO_TRAILERS: Headers = [];

export class ServerExchange implements DownstreamStream {
  readonly #keeper: ServerExchangeKeeper;
  readonly #request: ParsedRequest;
  #state: State = "waiting";
  #closes = false;
  #sendsTrailers = false;
  #awaitsDrain = false;

  constructor(keeper: ServerExchangeKeeper, request: ParsedRequest) {
    this.#keeper = keeper;
    this.#request = request;
  }

  // Nothing of the final answer has been written.
  get isUnanswered(): boolean {
    return this.#state === "waiting";
  }

  // The connection ends with this answer. Known from `respond` on.
  get closes(): boolean {
    return this.#closes;
  }

  // The connection is gone, or broken: later calls fall flat.
  abandon(): void {
    this.#state = "over";
  }

  // Since the last look, has a write been refused?
  takeAwaitsDrain(): boolean {
    const awaits = this.#awaitsDrain;
    this.#awaitsDrain = false;
    return awaits;
  }

  inform(head: ResponseHead): void {
    assert.ok(head.status >= 100 && head.status < 200 && head.status !== 101);
    // 100 is of one hop, and the connection sends its own. HTTP/1.0 knows no 1xx.
    if (this.#state !== "waiting" || head.status === 100) return;
    if (this.#request.minorVersion === 0) return;
    this.#keeper.outgoing.text(encodeInform(head));
  }

  respond(head: ResponseHead): void {
    if (this.#state === "over") return;
    assert.equal(this.#state, "waiting", "an exchange has one final answer");
    assert.ok(head.status >= 200 && head.status <= 999);
    this.#state = "answering";
    const { minorVersion, keepsAlive, acceptsTrailers } = this.#request;
    const { method } = this.#request.head;
    // What follows is a tunnel that is ours to read: neither framing nor Connection apply to it.
    const opensTunnel = method === "CONNECT" && head.status < 300;
    const framing = opensTunnel ? "none" : framingOf(head, method, minorVersion);
    this.#closes =
      !opensTunnel &&
      (!keepsAlive || framing === "close" || method === "CONNECT" || this.#keeper.isLast());
    this.#sendsTrailers = acceptsTrailers && framing === "chunked";
    this.#keeper.outgoing.text(
      encodeResponseHead(head, {
        framing,
        connection: this.#connectionOption(opensTunnel),
        statesLength: !opensTunnel && statesLength(head),
        dateLine: this.#keeper.date.text,
      }),
    );
    this.#keeper.body.begin(framing, head.contentLength);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#state === "over") return true;
    assert.equal(this.#state, "answering", "a body follows a head");
    if (!this.#keeper.body.write(chunk)) {
      this.#break();
      return true;
    }
    this.#awaitsDrain = this.#keeper.outgoing.isBlocked;
    return !this.#awaitsDrain;
  }

  end(trailers: Headers = NO_TRAILERS): void {
    if (this.#state === "over") return;
    assert.equal(this.#state, "answering", "an answer ends after its head");
    if (!this.#keeper.body.end(this.#sendsTrailers ? trailers : NO_TRAILERS)) return this.#break();
    this.#state = "over";
    this.#keeper.answered();
  }

  reset(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#keeper.reset();
  }

  pause(): void {
    if (this.#state !== "over") this.#keeper.paused(true);
  }

  resume(): void {
    if (this.#state !== "over") this.#keeper.paused(false);
  }

  #break(): void {
    this.#state = "over";
    this.#keeper.broken();
  }

  #connectionOption(opensTunnel: boolean): "" | "close" | "keep-alive" {
    if (opensTunnel) return "";
    if (this.#closes) return "close";
    return this.#request.minorVersion === 0 ? "keep-alive" : "";
  }
}

// RFC 9112 §6.3. Who speaks HTTP/1.0 can't read chunks: there the connection's end is the body's.
function framingOf(head: ResponseHead, method: string, minorVersion: number): BodyFraming {
  const { status, contentLength } = head;
  if (method === "HEAD" || status === 204 || status === 304 || contentLength === 0) return "none";
  if (contentLength !== LENGTH_UNKNOWN) return "length";
  return minorVersion === 0 ? "close" : "chunked";
}

function statesLength(head: ResponseHead): boolean {
  return head.contentLength !== LENGTH_UNKNOWN && head.status !== 204;
}
