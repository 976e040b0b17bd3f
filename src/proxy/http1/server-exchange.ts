// Hot path.
//
// The answering half of one exchange: what the pipeline calls, written to the connection. One
// object an exchange, so that a call that comes too late meets an exchange that is over and not
// the next one.

import assert from "node:assert/strict";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import {
  asksForTunnel,
  type Headers,
  LENGTH_UNKNOWN,
  opensTunnel,
  type ResponseHead,
} from "#proxy/exchange/heads.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import type { BodyFraming } from "./body-decoder.ts";
import type { BodyWriter } from "./body-writer.ts";
import type { DateLine } from "./date-line.ts";
import { encodeInform, encodeResponseHead } from "./head-writer.ts";
import type { ParsedRequest } from "./request-head.ts";
import { withWebsocketAccept } from "./websocket-accept.ts";

// The connection, as an exchange on it sees it.
export type ServerExchangeKeeper = {
  readonly outgoing: Outgoing;
  readonly body: BodyWriter;
  readonly date: DateLine;
  // Is this the last exchange, whatever the peer would like?
  isLast(): boolean;
  // To who asked for a tunnel: it is open, or will never be.
  tunnelAnswered(opensTunnel: boolean): void;
  // Our direction of the tunnel is over.
  tunnelEnded(): void;
  // The answer is complete.
  answered(): void;
  // The answer's body is not as long as its head says, so it can't be completed.
  broken(): void;
  reset(): void;
  paused(isPaused: boolean): void;
};

// ended: our direction of a tunnel; the other one goes on.
type State = "waiting" | "answering" | "ended" | "over";

const NO_TRAILERS: Headers = [];

export class ServerExchange implements DownstreamStream {
  readonly #keeper: ServerExchangeKeeper;
  readonly #request: ParsedRequest;
  #state: State = "waiting";
  #closes = false;
  #isTunnel = false;
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

  // Our direction of the tunnel is over.
  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  // The connection ends with this answer, or with the tunnel. Known from `respond` on.
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
    this.#state = "answering";
    const asked = this.#request.head;
    if (opensTunnel(asked, head)) return this.#openTunnel(head);
    assert.ok(head.status >= 200 && head.status <= 999);
    const { minorVersion, keepsAlive, acceptsTrailers } = this.#request;
    const framing = framingOf(head, asked.method, minorVersion);
    // After a CONNECT that was refused, what comes was meant for a tunnel.
    this.#closes =
      !keepsAlive || framing === "close" || asked.method === "CONNECT" || this.#keeper.isLast();
    this.#sendsTrailers = acceptsTrailers && framing === "chunked";
    this.#keeper.outgoing.text(
      encodeResponseHead(head, {
        framing,
        connection: this.#connectionOption(),
        statesLength: statesLength(head),
        date: this.#keeper.date,
      }),
    );
    this.#keeper.body.begin(framing, head.contentLength);
    if (asksForTunnel(asked)) this.#keeper.tunnelAnswered(false);
  }

  // Neither framing nor, after CONNECT, Connection apply to what follows.
  #openTunnel(head: ResponseHead): void {
    const asked = this.#request.head;
    const { upgrade } = asked;
    this.#isTunnel = true;
    this.#closes = true;
    this.#keeper.outgoing.text(
      encodeResponseHead(withWebsocketAccept(asked, head), {
        framing: "close",
        connection: upgrade === undefined ? "" : "upgrade",
        upgrade,
        statesLength: false,
        date: this.#keeper.date,
      }),
    );
    this.#keeper.body.begin("close", LENGTH_UNKNOWN);
    this.#keeper.tunnelAnswered(true);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#state === "over" || this.#state === "ended") return true;
    assert.equal(this.#state, "answering", "a body follows a head");
    if (!this.#keeper.body.write(chunk)) {
      this.#break();
      return true;
    }
    this.#awaitsDrain = this.#keeper.outgoing.isBlocked;
    return !this.#awaitsDrain;
  }

  end(trailers: Headers = NO_TRAILERS): void {
    if (this.#state === "over" || this.#state === "ended") return;
    assert.equal(this.#state, "answering", "an answer ends after its head");
    if (this.#isTunnel) {
      this.#state = "ended";
      return this.#keeper.tunnelEnded();
    }
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

  #connectionOption(): "" | "close" | "keep-alive" {
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
