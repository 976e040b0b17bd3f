// Hot path.
//
// The asking half of one exchange: what the pipeline calls, written to the connection. One object
// an exchange, so that a call that comes too late meets an exchange that is over and not the next
// one.

import assert from "node:assert/strict";
import type { UpstreamStream } from "#proxy/exchange/exchange.ts";
import { type Headers, LENGTH_UNKNOWN } from "#proxy/exchange/heads.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import type { BodyWriter } from "./body-writer.ts";

// The connection, as an exchange on it sees it.
export type ClientExchangeKeeper = {
  readonly outgoing: Outgoing;
  readonly body: BodyWriter;
  // The body is not as long as its head says: what was written so far must not become a request.
  broken(): void;
  // Our direction of the tunnel is over.
  tunnelEnded(): void;
  cancelled(): void;
  paused(isPaused: boolean): void;
};

// none: an ordinary exchange. asked: the answer will tell.
type Tunnel = "none" | "asked" | "open";

const NO_TRAILERS: Headers = [];

export class ClientExchange implements UpstreamStream {
  readonly #keeper: ClientExchangeKeeper;
  #isRequestOver = false;
  #isOver = false;
  #awaitsDrain = false;
  #tunnel: Tunnel;

  constructor(keeper: ClientExchangeKeeper, asksForTunnel: boolean) {
    this.#keeper = keeper;
    this.#tunnel = asksForTunnel ? "asked" : "none";
  }

  // Everything has been written.
  get isRequestOver(): boolean {
    return this.#isRequestOver;
  }

  // The answer opens the tunnel.
  openTunnel(): void {
    this.#tunnel = "open";
    this.#keeper.body.begin("close", LENGTH_UNKNOWN);
    if (this.#isRequestOver) this.#keeper.tunnelEnded();
  }

  // The answer is an ordinary one: then the request was, too, and ended with its head.
  declineTunnel(): void {
    if (this.#tunnel !== "asked") return;
    this.#tunnel = "none";
    this.#isRequestOver = true;
  }

  // The answer is complete, or never will be: later calls fall flat.
  abandon(): void {
    this.#isOver = true;
  }

  // Since the last look, has a write been refused?
  takeAwaitsDrain(): boolean {
    const awaits = this.#awaitsDrain;
    this.#awaitsDrain = false;
    return awaits;
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver || this.#isRequestOver) return true;
    assert.notEqual(this.#tunnel, "asked", "nothing enters a tunnel before it is open");
    if (!this.#keeper.body.write(chunk)) {
      this.#isRequestOver = true;
      this.#keeper.broken();
      return true;
    }
    this.#awaitsDrain = this.#keeper.outgoing.isBlocked;
    return !this.#awaitsDrain;
  }

  end(trailers: Headers = NO_TRAILERS): void {
    if (this.#isOver || this.#isRequestOver) return;
    this.#isRequestOver = true;
    if (this.#tunnel === "open") this.#keeper.tunnelEnded();
    else if (this.#tunnel === "none" && !this.#keeper.body.end(trailers)) this.#keeper.broken();
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#keeper.cancelled();
  }

  pause(): void {
    if (!this.#isOver) this.#keeper.paused(true);
  }

  resume(): void {
    if (!this.#isOver) this.#keeper.paused(false);
  }
}
